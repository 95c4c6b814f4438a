#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The CDK app: one stack, in whatever account and region the environment says.
import { App } from 'aws-cdk-lib';
import { ImageDownloadStack } from '../lib/image-download-stack';

const app = new App();
new ImageDownloadStack(app, 'ImageDownload', {
  description: 'Downloads images in parallel, politely, and records what it stored',
});
