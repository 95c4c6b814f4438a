// SPDX-License-Identifier: Apache-2.0
// The slider over an execution's events, and the buttons around it.
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useFrame } from "../app/frame";
import { type Jump, jumpFrom } from "./jumps";

interface Props {
  executionArn: string;
  eventId: number;
  lastEventId: number;
  onEvent: (id: number) => void;
}

const kPlayMs = 250;

export function TravelBar({ executionArn, eventId, lastEventId, onEvent }: Props) {
  const { failed } = useFrame();
  const [isPlaying, setPlaying] = useState(false);
  const [nothing, setNothing] = useState("");
  const now = useRef({ eventId, lastEventId, onEvent });
  now.current = { eventId, lastEventId, onEvent };
  const isLast = eventId >= lastEventId;

  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      const { eventId: at, lastEventId: last, onEvent: go } = now.current;
      if (at >= last) setPlaying(false);
      else go(at + 1);
    }, kPlayMs);
    return () => clearInterval(timer);
  }, [isPlaying]);

  const go = (id: number) => {
    setNothing("");
    setPlaying(false);
    onEvent(Math.min(Math.max(id, 1), lastEventId));
  };
  const jump = async (way: Jump) => {
    setPlaying(false);
    try {
      const found = await jumpFrom(executionArn, eventId, way);
      if (found === undefined) setNothing(way.endsWith("failure") ? "No more failures that way" : "No more states that way");
      else go(found);
    } catch (failure) {
      failed("The history could not be searched", failure);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(10, Math.round(lastEventId / 50));
    const next: Record<string, number> = {
      ArrowLeft: eventId - 1, ArrowDown: eventId - 1, ArrowRight: eventId + 1, ArrowUp: eventId + 1,
      PageDown: eventId - page, PageUp: eventId + page, Home: 1, End: lastEventId,
    };
    const id = next[event.key];
    if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(id);
  };

  return (
    <div className="pawl-travel-bar">
      <div className="pawl-travel-buttons">
        <Button variant="icon" iconName="angle-left-double" ariaLabel="Previous state" disabled={eventId <= 1} onClick={() => void jump("previous-state")} />
        <Button variant="icon" iconName="angle-left" ariaLabel="Event before" disabled={eventId <= 1} onClick={() => go(eventId - 1)} />
        <Button
          variant="icon"
          iconName={isPlaying ? "pause" : "play"}
          ariaLabel={isPlaying ? "Pause" : "Play"}
          onClick={() => {
            setNothing("");
            if (!isPlaying && isLast) onEvent(1);
            setPlaying(!isPlaying);
          }}
        />
        <Button variant="icon" iconName="angle-right" ariaLabel="Event after" disabled={isLast} onClick={() => go(eventId + 1)} />
        <Button variant="icon" iconName="angle-right-double" ariaLabel="Next state" disabled={isLast} onClick={() => void jump("next-state")} />
      </div>
      <input
        type="range"
        className="pawl-travel-slider"
        aria-label="Event"
        aria-valuetext={`Event ${eventId} of ${lastEventId}`}
        min={1}
        max={Math.max(lastEventId, 1)}
        step={1}
        value={Math.min(eventId, lastEventId)}
        onChange={(event) => go(Number(event.target.value))}
        onKeyDown={onKeyDown}
      />
      <span className="pawl-travel-count">
        <input
          type="number"
          aria-label="Go to event"
          className="pawl-travel-number"
          min={1}
          max={lastEventId}
          value={eventId}
          onChange={(event) => event.target.value !== "" && go(Math.trunc(Number(event.target.value)))}
        />
        {` of ${lastEventId.toLocaleString("en")}`}
      </span>
      <Button variant="inline-link" iconName="status-negative" onClick={() => void jump(isLast ? "previous-failure" : "next-failure")}>
        {isLast ? "Last failure" : "Next failure"}
      </Button>
      <span role="status" className="pawl-travel-quiet">
        {nothing}
      </span>
    </div>
  );
}
