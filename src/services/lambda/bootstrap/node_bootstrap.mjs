// SPDX-License-Identifier: Apache-2.0
// Runs a Node.js handler behind the Lambda Runtime API: what AWS's runtime interface client does. CommonJS and ES
// modules; handlers that return, are async, or call back.
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Writable } from 'node:stream';
import { pathToFileURL, urlToHttpOptions } from 'node:url';

const root = process.env.LAMBDA_TASK_ROOT;
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const prefix = '/2018-06-01/runtime/';
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, target, body = '', headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: prefix + target, agent, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
                                       body: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

// Names below localhost are this machine (RFC 6761), whatever its resolver says.
function resolveLocalNames() {
  const lookup = dns.lookup;
  dns.lookup = (name, options, done) => {
    if (typeof name !== 'string' || !name.endsWith('.localhost')) return lookup(name, options, done);
    const answer = done ?? options;
    const found = { address: '127.0.0.1', family: 4 };
    process.nextTick(() => (options.all ? answer(null, [found]) : answer(null, found.address, found.family)));
  };
}

// Handlers of CloudFormation's custom resources answer to a name and a path alone, over TLS at 443, where on AWS S3 is. Here it is this
// server, by its own names or CloudFormation's path: asked over plain HTTP at its port.
function reachServerByName(endpoint) {
  const server = new URL(endpoint);
  const ask = https.request;
  const isServer = ({ hostname, host, port, path: target }) => {
    const name = hostname ?? host ?? 'localhost';
    if (port && Number(port) !== 443 && String(port) !== server.port) return false;
    return name.endsWith('.localhost') ||
      ([server.hostname, 'localhost'].includes(name) && (target ?? '').startsWith('/_pawl/'));
  };
  https.request = (...given) => {
    const at = typeof given[0] === 'string' ? new URL(given[0]) : given[0];
    const url = at instanceof URL ? urlToHttpOptions(at) : at;
    const options = { ...url, ...(at !== url && typeof given[1] === 'object' ? given[1] : {}) };
    if (!isServer(options)) return ask(...given);
    const there = { protocol: 'http:', host: undefined, hostname: options.hostname ?? options.host, port: server.port, agent: undefined };
    return http.request({ ...options, ...there }, given.findLast((each) => typeof each === 'function'));
  };
  https.get = (...given) => https.request(...given).end();
  syncBuiltinESMExports();
}

// The CDK's handler for calls of the SDK installs the latest one first, and does without where that fails: then it is to fail soon.
process.env.npm_config_fetch_retries ??= '0';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';  // not the function's to mend
resolveLocalNames();
if (process.env.AWS_ENDPOINT_URL) reachServerByName(process.env.AWS_ENDPOINT_URL);

// What handlers that write their answer use: awslambda.streamifyResponse((event, stream, context) => …).
const streaming = Symbol('streaming');
globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign((...all) => handler(...all), { [streaming]: true }),
  HttpResponseStream: {
    from(stream, head) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.write(JSON.stringify(head ?? {}));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

class Answer extends Writable {
  chunks = [];
  contentType = 'application/octet-stream';
  setContentType(type) { this.contentType = type; }
  _write(chunk, encoding, done) { this.chunks.push(chunk); done(); }
}

async function runStreaming(handler, event, headers) {
  const answer = new Answer();
  const finished = new Promise((resolve, reject) => answer.on('finish', resolve).on('error', reject));
  await handler(event, answer, makeContext(headers, () => {}));
  if (!answer.writableEnded) answer.end();
  await finished;
  return answer;
}

const shown = (text) => text.replaceAll(root, '/var/task');

function errorBody(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const trace = shown(error.stack ?? '').split('\n');
  return { errorType: error.name, errorMessage: error.message, trace };
}

const fail = (target, body) =>
  call('POST', target, JSON.stringify(body), { 'Lambda-Runtime-Function-Error-Type': body.errorType });

async function loadHandler() {
  const at = process.env._HANDLER.lastIndexOf('.');
  const moduleName = process.env._HANDLER.slice(0, at);
  const functionName = process.env._HANDLER.slice(at + 1);
  const base = path.join(root, moduleName);
  const file = ['.js', '.mjs', '.cjs'].map((suffix) => base + suffix).find((name) => fs.existsSync(name));
  if (!file) {
    throw Object.assign(new Error(`Cannot find module '${moduleName}'`), { name: 'Runtime.ImportModuleError' });
  }
  let loaded;
  try {
    loaded = file.endsWith('.cjs') ? createRequire(pathToFileURL(file))(file) : await import(pathToFileURL(file));
  } catch (error) {
    if (error instanceof SyntaxError) error.name = 'Runtime.UserCodeSyntaxError';
    if (/MODULE_NOT_FOUND$/.test(error.code)) {
      error.name = 'Runtime.ImportModuleError';
      error.message = `Error: ${error.message}`;
      if (error.message.includes("'@aws-sdk/")) {
        console.error("AWS's SDK for JavaScript, or this client of it, is not on this machine: PAWL_NODE_MODULES says where it is");
      }
    }
    throw error;
  }
  const handler = loaded[functionName] ?? loaded.default?.[functionName];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${process.env._HANDLER} is undefined or not exported`),
                        { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function makeContext(headers, finish) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: headers['lambda-runtime-client-context'] ? JSON.parse(headers['lambda-runtime-client-context'])
      : undefined,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
    done: finish,
    fail: (error) => finish(error),
    succeed: (result) => finish(null, result),
  };
}

function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const finish = (error, result) => (error ? reject(error) : resolve(result));
    const context = makeContext(headers, finish);
    const returned = handler(event, context, finish);
    if (returned && typeof returned.then === 'function') {
      returned.then(resolve, reject);
    } else if (returned !== undefined || handler.length < 3) {
      resolve(returned);
    }
  });
}


async function main() {
  let handler;
  try {
    process.chdir(root);
    handler = await loadHandler();
  } catch (error) {
    await fail('init/error', errorBody(error));
    process.exit(1);
  }
  for (;;) {
    const next = await call('GET', 'invocation/next');
    if (next.status !== 200) process.exit(0);
    const target = `invocation/${next.headers['lambda-runtime-aws-request-id']}`;
    try {
      if (handler[streaming]) {
        const answer = await runStreaming(handler, JSON.parse(next.body), next.headers);
        await call('POST', `${target}/response`, Buffer.concat(answer.chunks), { 'Content-Type': answer.contentType });
        continue;
      }
      const result = await run(handler, JSON.parse(next.body), next.headers);
      await call('POST', `${target}/response`, JSON.stringify(result ?? null), { 'Content-Type': 'application/json' });
    } catch (error) {
      await fail(`${target}/error`, errorBody(error));
    }
  }
}

main();
