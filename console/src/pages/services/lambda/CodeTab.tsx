// SPDX-License-Identifier: Apache-2.0
// The code of a function: the files of its package, or the image that it runs.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { ApiError } from "../../../api/api-error";
import { useLoaded } from "../../../api/use-call";
import { CopyText } from "../../../components/CopyText";
import { Empty } from "../../../components/Empty";
import { formatBytes } from "../../../components/Timestamp";
import { ArchiveView } from "../shared/ArchiveView";
import { saveAs } from "../shared/bytes";
import { FactList } from "../shared/Facts";
import { LoadedView } from "../shared/LoadedView";
import type { GetFunctionOutput } from "./function-types";

const kShownBytesMax = 64 * 1024 * 1024;

/** The package's place, on the server that this page is from, whatever name that server calls itself by. */
function samePlace(location: string): string {
  const { pathname, search } = new URL(location);
  return pathname + search;
}

async function readPackage(location: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(samePlace(location), { signal });
  if (!answer.ok) throw new ApiError("NotFound", `The package cannot be read: ${answer.status} ${answer.statusText}`, answer.status);
  return new Uint8Array(await answer.arrayBuffer());
}

export function CodeTab({ output }: { output: GetFunctionOutput }) {
  const { Configuration: configuration, Code: code } = output;
  const size = configuration.CodeSize ?? 0;
  const location = code?.Location ?? "";
  const isShown = code?.ImageUri === undefined && location !== "" && size <= kShownBytesMax;
  const loaded = useLoaded(JSON.stringify(["code", location]), async (signal) => ({ bytes: await readPackage(location, signal) }), { enabled: isShown });
  if (code?.ImageUri !== undefined)
    return (
      <Container header={<Header variant="h2">Container image</Header>}>
        <FactList
          columns={2}
          facts={[
            ["Image", <CopyText text={code.ImageUri} label="image" />],
            ["Resolved", code.ResolvedImageUri === undefined ? undefined : <CopyText text={code.ResolvedImageUri} label="resolved image" />],
            ["Entry point", configuration.ImageConfigResponse?.ImageConfig?.EntryPoint?.join(" ")],
            ["Command", configuration.ImageConfigResponse?.ImageConfig?.Command?.join(" ")],
          ]}
        />
      </Container>
    );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <Box fontSize="body-s" color="text-body-secondary">
              {formatBytes(size)}, SHA-256 <span className="pawl-mono">{configuration.CodeSha256}</span>
            </Box>
          }
          actions={
            <Button iconName="download" disabled={loaded.data === undefined} onClick={() => loaded.data && saveAs(new Blob([loaded.data.bytes], { type: "application/zip" }), `${configuration.FunctionName}.zip`)}>
              Download
            </Button>
          }
        >
          Code
        </Header>
      }
    >
      {isShown ? (
        <LoadedView loaded={loaded}>{({ bytes }) => <ArchiveView bytes={bytes} label={configuration.FunctionName} prefer={configuration.Handler?.replace(/\.[^.]*$/, "") ?? ""} />}</LoadedView>
      ) : (
        <Empty title={location === "" ? "The code is not kept as a package" : "The package is too large to be shown"} />
      )}
    </Container>
  );
}
