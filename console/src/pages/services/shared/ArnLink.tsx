// SPDX-License-Identifier: Apache-2.0
// An ARN (or a queue's URL) as a link to its page. What the console has no page for is shown as text.
import { readRegion } from "../../../api/credentials";
import { Link, Name } from "../../../components/Link";
import { parseArn, pathOf, shortName } from "./arn-path";

interface Props {
  arn: string;
  /** Shows the name alone; the whole ARN is its title. */
  short?: boolean;
  /** Shown instead of it. */
  text?: string;
}

export function ArnLink({ arn, short = false, text = short ? shortName(arn) : arn }: Props) {
  const region = parseArn(arn)?.region ?? "";
  // Pages show one region: what is elsewhere cannot be opened from here.
  const path = region === "" || region === readRegion() ? pathOf(arn) : undefined;
  const shown = path === undefined ? <Name>{text}</Name> : <Link to={path}><Name>{text}</Name></Link>;
  return short ? <span title={arn}>{shown}</span> : shown;
}
