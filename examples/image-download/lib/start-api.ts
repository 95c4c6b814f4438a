// SPDX-License-Identifier: Apache-2.0
// An HTTP API whose only route starts the state machine: the request's body is the execution's
// input, and Step Functions' answer is the response.
import { Fn, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface StartApiProps {
  readonly machine: sfn.StateMachine;
  /** What API Gateway takes on to start it. */
  readonly role: iam.IRole;
}

export class StartApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: StartApiProps) {
    super(scope, id);
    props.machine.grantStartExecution(props.role);

    const api = new apigatewayv2.CfnApi(this, 'Api', {
      name: 'ImageDownload',
      protocolType: 'HTTP',
    });
    const integration = new apigatewayv2.CfnIntegration(this, 'Integration', {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationSubtype: 'StepFunctions-StartExecution',
      credentialsArn: props.role.roleArn,
      requestParameters: {
        Input: '$request.body',
        StateMachineArn: props.machine.stateMachineArn,
      },
      payloadFormatVersion: '1.0',
      timeoutInMillis: 10_000,
    });
    new apigatewayv2.CfnRoute(this, 'DefaultRoute', {
      apiId: api.ref,
      routeKey: '$default',
      target: Fn.join('/', ['integrations', integration.ref]),
    });
    new apigatewayv2.CfnStage(this, 'DefaultStage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
    });
    const { region, urlSuffix } = Stack.of(this);
    this.url = `https://${api.ref}.execute-api.${region}.${urlSuffix}/`;
  }
}
