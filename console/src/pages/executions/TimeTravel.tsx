// SPDX-License-Identifier: Apache-2.0
// The slider over an execution's events.
import Slider from "@cloudscape-design/components/slider";

export interface TimeTravelProps {
  executionArn: string;
  eventId: number;
  lastEventId: number;
  onEvent: (id: number) => void;
  live: boolean;
  definition: string;
}

export default function TimeTravel({ eventId, lastEventId, onEvent }: TimeTravelProps) {
  return <Slider ariaLabel="Event" value={eventId} min={1} max={Math.max(lastEventId, 2)} onChange={({ detail }) => onEvent(detail.value)} />;
}
