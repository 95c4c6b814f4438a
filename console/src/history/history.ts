// SPDX-License-Identifier: Apache-2.0
// History: what an execution did, from its events: visits of states, in lanes. Grows event by event, in O(1) each, and
// remembers every change of status, so that any moment can be looked at again (snapshot.ts).
import { type CompactHistory, Effect, effectOf, stateTypeOf } from "./compact";
import { Float64List, Int32List } from "./growing";

/** As numbers, because there are many. What is told of several visits is the greatest. */
export enum Status {
  NotEntered,
  Succeeded,
  Running,
  Retrying,
  Caught,
  Aborted,
  Failed,
}

/** From entering a state to leaving it. */
export interface Visit {
  index: number;
  name: string;
  type: string;
  lane: number;
  /** The visit before it in its lane; -1: the lane began with it. */
  before: number;
  enterEvent: number;
  enterMs: number;
  /** 0 while it is in the state, and if that never was left. */
  exitEvent: number;
  /** When it was left or, if that never was, when all ended; 0 before. */
  endMs: number;
  status: Status;
  attempts: number;
  hasFailed: boolean;
  /** Its newest event; the ones before by History.before. */
  lastEvent: number;
  /** Of a Map or Parallel: what goes on inside, in the newest attempt. */
  lanes: number[];
  /** The newest of them with a number. */
  laneOfNumber: number[];
  /** Of a Map: the count of items, if the history tells it. */
  items: number;
}

/** A sequence of visits, one after the other: the machine itself, a branch, an iteration. */
export interface Lane {
  index: number;
  /** The visit of the Map or Parallel that it is in; -1: the machine. */
  around: number;
  /** Which iteration or branch, from 0. */
  number: number;
  beginMs: number;
  endMs: number;
  status: Status;
  /** The visit under way; -1 without. */
  open: number;
  last: number;
}

export class History {
  readonly types: string[] = [];
  readonly visits: Visit[] = [];
  readonly lanes: Lane[] = [{ index: 0, around: -1, number: 0, beginMs: 0, endMs: 0, status: Status.Running, open: -1, last: -1 }];
  /** Of each event, by id; ids begin with 1. */
  private readonly typeIndexes = new Int32List();
  private readonly previous = new Int32List();
  private readonly times = new Float64List();
  private readonly owners = new Int32List();
  private readonly eventLanes = new Int32List();
  private readonly siblings = new Int32List();
  /** Every change of status: the event, the visit (or ~lane), the status. */
  readonly changes = new Int32List();
  private readonly effects: Effect[] = [];
  private readonly typeNumbers = new Map<string, number>();
  private readonly newestVisits = new Map<string, number>();
  private hasEnded = false;
  private current = 0;

  constructor() {
    for (const list of [this.typeIndexes, this.previous, this.owners, this.eventLanes, this.siblings]) list.push(list === this.owners ? -1 : 0);
    this.times.push(0);
  }

  /** The last event's id; 0: none yet. */
  get last(): number {
    return this.times.length - 1;
  }
  get isOver(): boolean {
    return this.hasEnded;
  }
  typeOf(event: number): string {
    return this.types[this.typeIndexes.at(event)] ?? "";
  }
  effectOf(event: number): Effect {
    return this.effects[this.typeIndexes.at(event)] ?? Effect.None;
  }
  previousOf(event: number): number {
    return this.previous.at(event);
  }
  msOf(event: number): number {
    return this.times.at(event);
  }
  /** The visit an event is of. */
  visitOf(event: number): Visit | undefined {
    return this.visits[event >= 1 && event <= this.last ? this.owners.at(event) : -1];
  }
  laneOf(event: number): Lane | undefined {
    return this.lanes[this.eventLanes.at(event)];
  }
  /** The ids of a visit's own events, oldest first. */
  eventsOf(visit: Visit): number[] {
    const events: number[] = [];
    for (let event = visit.lastEvent; event > 0; event = this.siblings.at(event)) events.push(event);
    return events.reverse();
  }
  /** The newest attempt's lane of that iteration or branch. */
  laneInside(visit: Visit, number: number): Lane | undefined {
    return this.lanes[visit.laneOfNumber[number] ?? -1];
  }

  /** Events that are known already are passed over. */
  append(batch: CompactHistory): void {
    const numbers = batch.types.map((type) => this.numberOf(type));
    for (const [id, previousId, type, ms, name, number] of batch.events) {
      if (id !== this.last + 1) continue;
      this.add(id, previousId, numbers[type] ?? 0, ms, name, number);
    }
  }

  private numberOf(type: string): number {
    const known = this.typeNumbers.get(type);
    if (known !== undefined) return known;
    this.types.push(type);
    this.effects.push(effectOf(type));
    this.typeNumbers.set(type, this.types.length - 1);
    return this.types.length - 1;
  }

  private add(id: number, previousId: number, type: number, ms: number, name: string | null, number: number | null): void {
    this.typeIndexes.push(type);
    this.previous.push(previousId);
    this.times.push(ms);
    this.current = id;
    if (id === 1 && this.lanes[0] !== undefined) this.lanes[0].beginMs = ms;
    const { visit, lane } = this.apply(id, previousId, this.effects[type] ?? Effect.None, this.types[type] ?? "", name, number);
    this.owners.push(visit?.index ?? -1);
    this.eventLanes.push(lane);
    this.siblings.push(visit?.lastEvent ?? 0);
    if (visit !== undefined) visit.lastEvent = id;
  }

  private apply(id: number, previousId: number, effect: Effect, type: string, name: string | null, number: number | null): { visit: Visit | undefined; lane: number } {
    const visit = this.visitOf(previousId);
    const stay = { visit, lane: visit?.lane ?? this.eventLanes.at(previousId) };
    switch (effect) {
      case Effect.Enter:
        return this.enter(previousId, type, name ?? "");
      case Effect.Exit:
        return this.exit(visit, name ?? "", this.effectOf(previousId) === Effect.Fail);
      case Effect.Attempt: {
        if (visit === undefined) return stay;
        visit.attempts += 1;
        visit.hasFailed = false;
        if (type === "MapStateStarted") visit.items = number ?? 0;
        if (visit.type === "Map" || visit.type === "Parallel") this.abandon(visit);
        this.setStatus(visit, Status.Running);
        return stay;
      }
      case Effect.Fail: {
        const failed = type === "MapStateFailed" || type === "ParallelStateFailed" ? this.openAround(visit, type.startsWith("Map") ? "Map" : "Parallel") : visit;
        if (failed === undefined) return stay;
        failed.hasFailed = true;
        if (failed.exitEvent === 0) this.setStatus(failed, Status.Retrying);
        return { visit: failed, lane: failed.lane };
      }
      case Effect.StateAborted:
        if (visit !== undefined && visit.exitEvent === 0) this.close(visit, Status.Aborted);
        return stay;
      case Effect.IterationStarted:
      case Effect.IterationSucceeded:
      case Effect.IterationFailed:
      case Effect.IterationAborted:
        return this.iterate(visit, effect, name ?? "", number ?? 0);
      case Effect.ExecutionRedriven:
        this.reopen();
        return stay;
      case Effect.ExecutionFailed:
        if (visit !== undefined && visit.exitEvent === 0 && type !== "ExecutionTimedOut") visit.hasFailed = true;
        this.end(Status.Failed);
        return stay;
      case Effect.ExecutionStopped:
        for (const open of this.visits) if (open.exitEvent === 0) open.hasFailed = false;
        this.end(Status.Aborted);
        return { visit: undefined, lane: 0 };
      case Effect.ExecutionSucceeded:
        this.end(Status.Succeeded);
        return { visit: undefined, lane: 0 };
      case Effect.None:
        return id === 1 ? { visit: undefined, lane: 0 } : stay;
    }
  }

  private now(): number {
    return this.times.at(this.current);
  }
  private setStatus(visit: Visit, status: Status): void {
    if (visit.status === status) return;
    visit.status = status;
    this.changes.push(this.current);
    this.changes.push(visit.index);
    this.changes.push(status);
  }
  private setLaneStatus(lane: Lane, status: Status): void {
    if (lane.status === status) return;
    lane.status = status;
    this.changes.push(this.current);
    this.changes.push(~lane.index);
    this.changes.push(status);
  }

  private addLane(around: Visit, number: number): Lane {
    const lane: Lane = { index: this.lanes.length, around: around.index, number, beginMs: this.now(), endMs: 0, status: Status.NotEntered, open: -1, last: -1 };
    this.lanes.push(lane);
    around.lanes.push(lane.index);
    around.laneOfNumber[number] = lane.index;
    this.setLaneStatus(lane, Status.Running);
    return lane;
  }

  private enter(previousId: number, type: string, name: string): { visit: Visit; lane: number } {
    let lane = this.lanes[this.eventLanes.at(previousId)] as Lane;
    // Each branch begins after the same event.
    const owner = this.visitOf(previousId);
    if (this.typeOf(previousId) === "ParallelStateStarted" && owner !== undefined) lane = this.addLane(owner, owner.lanes.length);
    const visit: Visit = {
      index: this.visits.length,
      name,
      type: stateTypeOf(type),
      lane: lane.index,
      before: lane.last,
      enterEvent: this.current,
      enterMs: this.now(),
      exitEvent: 0,
      endMs: 0,
      status: Status.NotEntered,
      attempts: 0,
      hasFailed: false,
      lastEvent: 0,
      lanes: [],
      laneOfNumber: [],
      items: 0,
    };
    this.visits.push(visit);
    this.newestVisits.set(name, visit.index);
    lane.open = visit.index;
    lane.last = visit.index;
    this.setLaneStatus(lane, Status.Running);
    this.setStatus(visit, Status.Running);
    return { visit, lane: lane.index };
  }

  /** From `visit` outwards to the state of that name. */
  private around(visit: Visit | undefined, name: string): Visit | undefined {
    for (let at = visit; at !== undefined; at = this.visits[this.lanes[at.lane]?.around ?? -1]) if (at.name === name) return at;
    return this.visits[this.newestVisits.get(name) ?? -1];
  }

  private openAround(visit: Visit | undefined, type: string): Visit | undefined {
    for (let at = visit; at !== undefined; at = this.visits[this.lanes[at.lane]?.around ?? -1]) if (at.type === type && at.exitEvent === 0 && !at.hasFailed) return at;
    return visit;
  }

  private exit(inner: Visit | undefined, name: string, isCaught: boolean): { visit: Visit | undefined; lane: number } {
    const visit = this.around(inner, name);
    if (visit === undefined) return { visit, lane: 0 };
    // An iteration that ends because another one failed has no exit of its own.
    this.endInside(visit);
    visit.exitEvent = this.current;
    this.close(visit, isCaught || visit.hasFailed ? Status.Caught : Status.Succeeded);
    const lane = this.lanes[visit.lane];
    if (lane !== undefined && lane.around >= 0 && this.visits[lane.around]?.type === "Parallel") this.setLaneStatus(lane, Status.Succeeded);
    return { visit, lane: visit.lane };
  }

  private close(visit: Visit, status: Status): void {
    visit.endMs = this.now();
    this.setStatus(visit, status);
    const lane = this.lanes[visit.lane];
    if (lane === undefined) return;
    lane.endMs = this.now();
    if (lane.open === visit.index) lane.open = -1;
  }

  private iterate(inner: Visit | undefined, effect: Effect, name: string, number: number): { visit: Visit | undefined; lane: number } {
    const visit = this.around(inner, name);
    if (visit === undefined) return { visit, lane: 0 };
    const lane = effect === Effect.IterationStarted ? this.addLane(visit, number) : this.laneInside(visit, number);
    if (lane === undefined) return { visit, lane: visit.lane };
    if (effect === Effect.IterationFailed) {
      const open = this.visits[lane.open];
      if (open !== undefined) open.hasFailed = true;
    }
    if (effect !== Effect.IterationStarted) {
      this.endLane(lane);
      lane.endMs = this.now();
      this.setLaneStatus(lane, effect === Effect.IterationSucceeded ? Status.Succeeded : effect === Effect.IterationFailed ? Status.Failed : Status.Aborted);
    }
    return { visit, lane: lane.index };
  }

  /** Ends what is under way in a lane: it failed, or was aborted. Tells whether it failed. */
  private endLane(lane: Lane): boolean {
    const visit = this.visits[lane.open];
    if (visit === undefined) return false;
    if (this.endInside(visit)) visit.hasFailed = true;
    this.close(visit, visit.hasFailed ? Status.Failed : Status.Aborted);
    return visit.hasFailed;
  }

  private endInside(visit: Visit): boolean {
    let hasFailed = false;
    for (const index of visit.lanes) {
      const lane = this.lanes[index];
      if (lane === undefined || lane.status !== Status.Running) continue;
      const failed = this.endLane(lane);
      hasFailed ||= failed;
      lane.endMs = this.now();
      this.setLaneStatus(lane, failed ? Status.Failed : this.visits[lane.last]?.exitEvent !== 0 && visit.type === "Parallel" ? Status.Succeeded : Status.Aborted);
    }
    return hasFailed;
  }

  /** A Map or Parallel that is tried again begins anew. */
  private abandon(visit: Visit): void {
    this.endInside(visit);
    visit.lanes = [];
    visit.laneOfNumber = [];
  }

  private end(status: Status): void {
    this.hasEnded = true;
    const machine = this.lanes[0] as Lane;
    this.endLane(machine);
    machine.endMs = this.now();
    this.setLaneStatus(machine, status);
  }

  /** Goes on with what had not been left. */
  private reopen(): void {
    this.hasEnded = false;
    const resume = (lane: Lane) => {
      const visit = this.visits[lane.last];
      if (visit === undefined || visit.exitEvent !== 0 || lane.status === Status.Succeeded) return;
      lane.open = visit.index;
      lane.endMs = visit.endMs = 0;
      visit.hasFailed = visit.type === "Fail";
      this.setLaneStatus(lane, Status.Running);
      this.setStatus(visit, Status.Running);
      for (const index of visit.lanes) resume(this.lanes[index] as Lane);
    };
    resume(this.lanes[0] as Lane);
  }
}
