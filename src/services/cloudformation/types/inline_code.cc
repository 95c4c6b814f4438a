// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/inline_code.h"

#include <memory>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace pawl::cloudformation {
namespace {

constexpr size_t kCodeBytesMax = size_t{4} << 20;
constexpr mode_t kMode = 0644;
constexpr time_t kTime = 315'532'800;  // 1980, where zip's time begins

/// What `import cfnresponse` finds.
constexpr std::string_view kPythonModule = R"py(import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: {}".format(context.log_stream_name),
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    })
    print("Response body:")
    print(body)
    request = urllib.request.Request(event["ResponseURL"], data=body.encode(), method="PUT",
                                     headers={"content-type": "", "content-length": str(len(body.encode()))})
    try:
        with urllib.request.urlopen(request) as response:
            print("Status code:", response.status)
    except Exception as error:
        print("send(..) failed executing the request:", error)
)py";

/// What `require('cfn-response')` finds.
constexpr std::string_view kNodeModule = R"js(const http = require("http");
const https = require("https");

exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = function (event, context, responseStatus, responseData, physicalResourceId, noEcho) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({
      Status: responseStatus,
      Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: responseData,
    });
    console.log("Response body:\n", body);
    const url = new URL(event.ResponseURL);
    const request = (url.protocol === "http:" ? http : https).request(
      url,
      { method: "PUT", headers: { "content-type": "", "content-length": Buffer.byteLength(body) } },
      (response) => {
        console.log("Status code: " + response.statusCode);
        response.resume();
        resolve(context.done ? context.done() : undefined);
      },
    );
    request.on("error", (error) => {
      console.log("send(..) failed executing https.request(..): " + error);
      reject(context.done ? context.done(error) : error);
    });
    request.write(body);
    request.end();
  });
};
)js";

struct File {
  std::string_view name;
  std::string_view text;
};

struct WriterDeleter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct EntryDeleter {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t append(archive*, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

bool write_file(archive* writer, const File& file) {
  const std::unique_ptr<archive_entry, EntryDeleter> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), std::string(file.name).c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.text.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kMode);
  archive_entry_set_mtime(entry.get(), kTime, 0);
  return archive_write_header(writer, entry.get()) == ARCHIVE_OK &&
         archive_write_data(writer, file.text.data(), file.text.size()) ==
             static_cast<la_ssize_t>(file.text.size());
}

base::Result<std::string> zip(const std::vector<File>& files) {
  std::string bytes;
  const std::unique_ptr<archive, WriterDeleter> writer(archive_write_new());
  archive_write_set_format_zip(writer.get());
  bool good = archive_write_open(writer.get(), &bytes, nullptr, append, nullptr) == ARCHIVE_OK;
  for (const File& file : files) good = good && write_file(writer.get(), file);
  good = good && archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!good) return base::Error(base::ErrorKind::Io, "The code cannot be packed.");
  return bytes;
}

}  // namespace

base::Result<std::string> inline_package(std::string_view runtime, std::string_view code) {
  if (code.size() > kCodeBytesMax) {
    return base::Error(base::ErrorKind::LimitExceeded,
                       "Please reduce the size of the code in ZipFile: it may have 4 MB.");
  }
  if (runtime.starts_with("python"))
    return zip({{"index.py", code}, {"cfnresponse.py", kPythonModule}});
  if (runtime.starts_with("nodejs")) {
    return zip({{"index.js", code}, {"node_modules/cfn-response/index.js", kNodeModule}});
  }
  return base::Error(base::ErrorKind::TypeMismatch,
                     "ZipFile can only be used when Runtime is set to either of nodejs or python.");
}

}  // namespace pawl::cloudformation
