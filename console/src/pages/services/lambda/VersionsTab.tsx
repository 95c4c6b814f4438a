// SPDX-License-Identifier: Apache-2.0
// Versions and aliases of a function.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { call } from "../../../api/console-api";
import { Link, Name } from "../../../components/Link";
import { formatBytes, Timestamp } from "../../../components/Timestamp";
import { paths } from "../shared/arn-path";
import { useListing } from "../shared/list-pages";
import { ListTable } from "../shared/ListTable";
import { useAct } from "../shared/use-act";
import type { Alias, FunctionConfiguration } from "./function-types";

export function VersionsTab({ name }: { name: string }) {
  const act = useAct();
  const aliases = useListing<{ Aliases?: Alias[]; NextMarker?: string }, Alias>({
    service: "lambda",
    operation: "ListAliases",
    input: { FunctionName: name },
    tokenMember: "Marker",
    tokenOf: (output) => output.NextMarker,
    itemsOf: (output) => output.Aliases,
  });
  const versions = useListing<{ Versions?: FunctionConfiguration[]; NextMarker?: string }, FunctionConfiguration>({
    service: "lambda",
    operation: "ListVersionsByFunction",
    input: { FunctionName: name },
    tokenMember: "Marker",
    tokenOf: (output) => output.NextMarker,
    itemsOf: (output) => output.Versions,
  });
  const publish = async () => {
    await act({ failed: "The version could not be published", succeeded: "A version was published." }, () => call("lambda", "PublishVersion", { FunctionName: name }));
    versions.reload();
  };
  return (
    <SpaceBetween size="m">
      <ListTable
        title="Aliases"
        noun="aliases"
        findName="alias"
        pages={aliases}
        idOf={(alias) => alias.Name}
        textOf={(alias) => `${alias.Name} ${alias.Description ?? ""}`}
        columns={[
          { id: "name", header: "Alias", cell: (alias) => <Link to={paths.lambda(name, alias.Name)}><Name>{alias.Name}</Name></Link>, sortingField: "Name", isRowHeader: true },
          { id: "version", header: "Version", cell: (alias) => versionText(alias), sortingField: "FunctionVersion" },
          { id: "description", header: "Description", cell: (alias) => <Name>{alias.Description || "-"}</Name> },
        ]}
      />
      <ListTable
        title="Versions"
        noun="versions"
        findName="version"
        pages={versions}
        idOf={(version) => version.Version ?? ""}
        textOf={(version) => `${version.Version ?? ""} ${version.Description ?? ""}`}
        actions={() => <Button onClick={() => void publish()}>Publish version</Button>}
        columns={[
          { id: "version", header: "Version", cell: (version) => <Link to={paths.lambda(name, version.Version)}>{version.Version ?? "-"}</Link>, isRowHeader: true },
          { id: "runtime", header: "Runtime", cell: (version) => version.Runtime ?? "-" },
          { id: "size", header: "Code", cell: (version) => formatBytes(version.CodeSize ?? 0) },
          { id: "sha", header: "SHA-256", cell: (version) => <span className="pawl-mono">{version.CodeSha256?.slice(0, 16)}</span> },
          { id: "modified", header: "Last modified", cell: (version) => <Timestamp value={version.LastModified} /> },
          { id: "description", header: "Description", cell: (version) => <Name>{version.Description || "-"}</Name> },
        ]}
      />
    </SpaceBetween>
  );
}

/** "3", or "3 (90 %), 4 (10 %)". */
function versionText({ FunctionVersion, RoutingConfig }: Alias): string {
  const others = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  if (others.length === 0) return FunctionVersion;
  const rest = 1 - others.reduce((sum, [, weight]) => sum + weight, 0);
  return [[FunctionVersion, rest] as const, ...others].map(([version, weight]) => `${version} (${Math.round(weight * 100)} %)`).join(", ");
}
