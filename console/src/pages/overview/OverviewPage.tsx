// SPDX-License-Identifier: Apache-2.0
// How everything is: throughput, failures, slowest machines, the store.
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { useCrumbs } from "../../app/frame";

export default function OverviewPage() {
  useCrumbs(["Overview", "/"]);
  return <ContentLayout header={<Header variant="h1">Overview</Header>} />;
}
