// SPDX-License-Identifier: Apache-2.0
// The worker that knows the Amazon States Language: parsing a large definition must not stop the typing.
import { completeJson, hoverJson } from "./asl-language";
import type { Answer, Question } from "./asl-worker-api";
import { completeYaml, hoverYaml } from "./asl-yaml";

async function answer({ id, kind, text, offset, language }: Question): Promise<Answer> {
  if (kind === "complete") return { id, suggestions: await (language === "JSON" ? completeJson : completeYaml)(text, offset) };
  return { id, hover: await (language === "JSON" ? hoverJson : hoverYaml)(text, offset) };
}

onmessage = (event: MessageEvent<Question>) => {
  answer(event.data).then(
    (done) => postMessage(done),
    // A text that its parser cannot take has no completions.
    () => postMessage({ id: event.data.id } satisfies Answer),
  );
};
