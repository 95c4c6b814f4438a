// SPDX-License-Identifier: Apache-2.0
// For tests: the example of the Developer Guide, "Using mocked service integrations for testing in
// Step Functions Local": the mock file and the definition of its state machine.
#pragma once

namespace pawl::integration {

inline constexpr const char* kMockFileOfTheGuide = R"({
  "StateMachines": {
    "LambdaSQSIntegration": {
      "TestCases": {
        "HappyPath": {
          "LambdaState": "MockedLambdaSuccess",
          "SQSState": "MockedSQSSuccess"
        },
        "RetryPath": {
          "LambdaState": "MockedLambdaRetry",
          "SQSState": "MockedSQSSuccess"
        },
        "HybridPath": {
          "LambdaState": "MockedLambdaSuccess"
        }
      }
    }
  },
  "MockedResponses": {
    "MockedLambdaSuccess": {
      "0": {
        "Return": {
          "StatusCode": 200,
          "Payload": {
            "StatusCode": 200,
            "body": "Hello from Lambda!"
          }
        }
      }
    },
    "LambdaMockedResourceNotReady": {
      "0": {
        "Throw": {
          "Error": "Lambda.ResourceNotReadyException",
          "Cause": "Lambda resource is not ready."
        }
      }
    },
    "MockedSQSSuccess": {
      "0": {
        "Return": {
          "MD5OfMessageBody": "3bcb6e8e-7h85-4375-b0bc-1a59812c6e51",
          "MessageId": "3bcb6e8e-8b51-4375-b0bc-1a59812c6e51"
        }
      }
    },
    "MockedLambdaRetry": {
      "0": {
        "Throw": {
          "Error": "Lambda.ResourceNotReadyException",
          "Cause": "Lambda resource is not ready."
        }
      },
      "1-2": {
        "Throw": {
          "Error": "Lambda.TimeoutException",
          "Cause": "Lambda timed out."
        }
      },
      "3": {
        "Return": {
          "StatusCode": 200,
          "Payload": {
            "StatusCode": 200,
            "body": "Hello from Lambda!"
          }
        }
      }
    }
  }
})";

inline constexpr const char* kMachineOfTheGuide = R"({
  "Comment": "This state machine is called: LambdaSQSIntegration",
  "StartAt": "LambdaState",
  "States": {
    "LambdaState": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "Payload.$": "$",
        "FunctionName": "HelloWorldFunction"
      },
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 2,
          "MaxAttempts": 3,
          "BackoffRate": 2
        }
      ],
      "Next": "SQSState"
    },
    "SQSState": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": {
        "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/myQueue",
        "MessageBody.$": "$"
      },
      "End": true
    }
  }
})";

}  // namespace pawl::integration
