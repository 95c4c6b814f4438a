// SPDX-License-Identifier: Apache-2.0
// Time travel: a slider over the events of an execution, and what every line, variable and expression was worth there.
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { ErrorBox } from "../../components/ErrorBox";
import { Link } from "../../components/Link";
import { formatTime } from "../../components/Timestamp";
import { LineDetail } from "../../travel/LineDetail";
import { LineList } from "../../travel/LineList";
import { selectLine } from "../../travel/moment";
import { TravelBar } from "../../travel/TravelBar";
import "../../travel/travel.css";
import { useMoment } from "../../travel/use-moment";

export interface TimeTravelProps {
  executionArn: string;
  eventId: number;
  lastEventId: number;
  onEvent: (id: number) => void;
  live: boolean;
  definition: string;
}

export default function TimeTravel({ executionArn, eventId, lastEventId, onEvent }: TimeTravelProps) {
  const [pinned, setPinned] = useState<string | undefined>();
  const [wanted, setWanted] = useState<string | undefined>();
  const { moment, before, error, isBusy } = useMoment(executionArn, eventId, wanted);
  const line = moment === undefined ? undefined : selectLine(moment, pinned);
  const select = (name: string) => {
    setPinned(name);
    // Of many lines only those that somebody looks at are evaluated.
    const found = moment?.lines.find((each) => each.line === name);
    if (found?.expressions === null && found.enteredEvent > 0) setWanted(name);
    else if (wanted !== undefined) setWanted(name);
  };

  return (
    <section className="pawl-travel" aria-label="Time travel" aria-busy={isBusy}>
      <TravelBar executionArn={executionArn} eventId={eventId} lastEventId={lastEventId} onEvent={onEvent} />
      {error !== undefined && <ErrorBox error={error} />}
      {moment === undefined && error === undefined && <Spinner />}
      {moment !== undefined && (
        <>
          <div className="pawl-travel-moment" role="status">
            <b>{moment.event.type}</b>
            <span className="pawl-travel-quiet">{`Event ${moment.event.id.toLocaleString("en")} · ${formatTime(new Date(moment.event.timestamp * 1000))} · ${moment.lines.length === 1 ? "one line" : `${moment.lines.length} lines`} alive`}</span>
            <Link to={`/playground?execution=${encodeURIComponent(executionArn)}&event=${moment.event.id}`} fontSize="body-s">
              Try expressions here
            </Link>
          </div>
          {line === undefined ? (
            <p className="pawl-travel-quiet">{moment.status === "SUCCEEDED" ? "The execution has succeeded: nothing runs any more." : "No line is alive at this event."}</p>
          ) : (
            <div className={moment.lines.length > 1 ? "pawl-travel-main pawl-travel-main-many" : "pawl-travel-main"}>
              {moment.lines.length > 1 && <LineList moment={moment} selected={line.line} onSelect={select} />}
              <LineDetail key={`${line.line} ${line.enteredEvent}`} moment={moment} before={before} line={line} />
            </div>
          )}
        </>
      )}
    </section>
  );
}
