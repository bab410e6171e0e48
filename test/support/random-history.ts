import { memberOn } from '../../src/domain/conversation/conversation';
import { sameHearing } from '../../src/domain/conversation/listen-speak-mode';
import { handle } from '../../src/domain/engine';
import type { ChannelId, ConditionId, Instant, SipUser } from '../../src/domain/ids';
import type { Answer, CommandType, Input, InputType, PhoneSystemView, Replacement } from '../../src/domain/input';
import { Refusal } from '../../src/domain/refusal';
import type { Outcome } from '../../src/domain/unit-of-work';
import { apply, dueAt, type Change, type DueKind, type World } from '../../src/domain/world';
import { NOTHING, OTHER_APP } from './happenings';
import { PlainAsterisk } from './plain-asterisk';
import { QueueWitness, snapshot } from './queue-witness';
import { anOpeningWorld, openingConditions } from './opening-world';
import { someDocument } from './random-documents';
import { brokenInvariants } from './world-invariants';
import { anArrival, APP, NOW, SETTINGS, TRUNK } from './worlds';

const DUE_KINDS = [
  'calls',
  'queueTasks',
  'conversations',
  'agents',
  'conditions',
] as const satisfies readonly DueKind[];

/** The engine, with a plain Asterisk around it. */
export class History {
  readonly world: World;
  /** Every condition that ever was, and one that never was. */
  readonly conditions: ConditionId[] = [];
  private at: Instant = NOW;
  private inputs = 0;
  private random = 0;
  private readonly asterisk = new PlainAsterisk();
  private readonly unplugged = new Set<SipUser>();
  private readonly witness = new QueueWitness();

  constructor(private readonly missPauseSeconds: number) {
    const conditions = openingConditions();
    this.conditions.push(...conditions.map((each) => each.id), '0'.repeat(32) as ConditionId);
    const world = anOpeningWorld(conditions);
    this.world = { ...world, settings: this.settings };
  }

  private get settings(): World['settings'] {
    return { ...SETTINGS, missPauseSeconds: this.missPauseSeconds };
  }

  /** Every channel ends, until nothing rings any more. */
  finish(): void {
    do {
      for (const channelId of [...this.asterisk.channels.keys()]) this.end(channelId);
      this.look(true); // Finds what was lost.
    } while (this.asterisk.channels.size > 0);
    const left = [
      this.world.calls.size,
      this.world.queueTasks.size,
      this.world.conversations.size,
      this.asterisk.bridges.size,
    ];
    if (left.some((size) => size > 0)) {
      throw new Error(`left over: calls, tasks, conversations, bridges ${left.join(', ')}`);
    }
    const busy = [...this.world.agents.values()].filter(({ callId }) => callId !== null);
    if (busy.length > 0) throw new Error(`left in a call: ${busy.map(({ name }) => name).join(', ')}`);
  }

  /** The random number of the next inputs: at least 0 and below 1. */
  rollOf(random: number): void {
    this.random = random;
  }

  agent = (number: number) => pick([...this.world.agents.values()], number);
  call = (number: number) => pick([...this.world.calls.values()], number);
  conversation = (number: number) => pick([...this.world.conversations.values()], number);
  task = (number: number) => pick([...this.world.queueTasks.values()], number);
  document = (one: number, two: number) => someDocument(one, two, this.conditions);

  callerComes(one: number, two: number): void {
    const plan = pick([...this.world.plans.values()], one);
    const document = this.document(one, two);
    const arrival = anArrival({
      channelId: `caller.${this.inputs}` as ChannelId,
      app: two % 11 === 0 ? OTHER_APP : APP,
      request: plan && one % 5 === 0 ? { by: 'plan', name: plan.name } : { by: 'enqueue', enqueue: document },
      answer: two % 3 > 0,
      priority: one % 5,
    });
    this.asterisk.callerComes(arrival.channelId);
    this.fact(arrival);
    if (!this.asterisk.released.has(arrival.channelId)) this.expectNothingOf(arrival);
  }

  /** Of a phone that is on hook by now too: such a report may come late. */
  alert(number: number): void {
    const channelId = pick(number % 7 === 0 ? this.asterisk.dialled : this.asterisk.ringing(), number);
    if (channelId === undefined) return;
    this.fact({ type: 'leg-alerting', channelId });
    this.expectNothingOf({ type: 'leg-alerting', channelId });
  }

  answerPhone(number: number): void {
    const channelId = pick(this.asterisk.ringing(), number);
    if (channelId === undefined) return this.answerLate(number);
    this.asterisk.channels.set(channelId, 'up');
    this.fact({ type: 'leg-answered', channelId });
    this.expectNothingOf({ type: 'leg-answered', channelId });
  }

  private answerLate(number: number): void {
    const channelId = pick(this.asterisk.dialled, number);
    if (channelId !== undefined) this.fact({ type: 'leg-answered', channelId });
  }

  /** `isHeard`: it is reported; else the next comparison finds whose phones do not hold any more. */
  pressHold(number: number, holds: boolean, isHeard: boolean): void {
    const channelId = pick([...this.asterisk.channels.keys()], number);
    if (channelId === undefined) return;
    this.asterisk.holding[holds ? 'add' : 'delete'](channelId);
    if (!isHeard) return;
    const fact = { type: holds ? 'leg-held' : 'leg-resumed', channelId } as const;
    this.fact(fact);
    this.expectNothingOf(fact);
  }

  /** Of those who are up; the old one lives on, alone. `isHeard`: it is reported. */
  replace(number: number, how: Replacement, isHeard: boolean): void {
    const channelId = pick(this.asterisk.talking(), number);
    if (channelId === undefined) return;
    const by = `another.${this.inputs}` as ChannelId;
    this.asterisk.replace(channelId, by, isHeard);
    if (!isHeard) return;
    const fact = { type: 'leg-replaced', channelId, by, how } as const;
    this.fact(fact);
    this.expectNothingOf(fact);
  }

  endAny(number: number): void {
    const channelId = pick([...this.asterisk.channels.keys()], number);
    if (channelId !== undefined) this.end(channelId);
  }

  /** A phone that rings is declined, or rings no longer. */
  decline(number: number): void {
    const channelId = pick(this.asterisk.ringing(), number);
    if (channelId !== undefined) this.end(channelId);
  }

  private end(channelId: ChannelId): void {
    for (const ended of this.asterisk.end(channelId)) {
      this.fact({ type: 'leg-ended', channelId: ended, cause: 16 });
      this.expectNothingOf({ type: 'leg-ended', channelId: ended, cause: 16 });
    }
  }

  /** It ends, and the report of it is lost. */
  loseChannel(number: number): void {
    const channelId = pick([...this.asterisk.channels.keys()], number);
    if (channelId !== undefined) this.asterisk.end(channelId);
  }

  loseRinging(number: number): void {
    const channelId = pick(this.asterisk.ringing(), number);
    if (channelId !== undefined) this.asterisk.end(channelId);
  }

  loseBridge(number: number): void {
    const bridgeId = pick([...this.asterisk.bridges], number);
    if (bridgeId !== undefined) this.asterisk.loseBridge(bridgeId);
  }

  /** It is answered, and the report of it is lost. */
  answerUnheard(number: number): void {
    const channelId = pick(this.asterisk.ringing(), number);
    if (channelId !== undefined) this.asterisk.channels.set(channelId, 'up');
  }

  look(afterGap: boolean): void {
    const { calls, conversations } = this.world;
    const view: PhoneSystemView = {
      ...this.asterisk.seen(),
      accounts: new Map(
        [...this.world.extensionOfUser.keys()].map((user) => [
          user,
          this.unplugged.has(user) ? 'unreachable' : 'reachable',
        ]),
      ),
      trunks: new Set([TRUNK]),
      resumed: new Set(
        [...calls.values()].flatMap(({ channelId, phoneHold }) =>
          phoneHold !== null && !this.asterisk.holding.has(channelId) ? [channelId] : [],
        ),
      ),
      expected: new Set([
        ...[...calls.values()].flatMap(({ channelId, whisper }) => [
          channelId,
          ...(whisper ? [whisper.bridgeId] : []),
        ]),
        ...[...conversations.values()].map(({ bridgeId }) => bridgeId),
      ]),
      afterGap,
    };
    this.fact({ type: 'phone-system-seen', ...view });
  }

  /** `isHeard`: it is reported; else the next comparison finds it. */
  reach(number: number, reachable: boolean, isHeard: boolean): void {
    const user = pick([...this.world.extensionOfUser.keys()], number);
    if (user === undefined) return;
    if (reachable) this.unplugged.delete(user);
    else this.unplugged.add(user);
    if (isHeard) this.fact({ type: 'phone-reachable', user, reachable });
  }

  /** Time passes, and all that comes to its time in between is told of it, in order. */
  pass(seconds: number): void {
    const until = this.at + Math.round(seconds * 1000);
    for (;;) {
      const next = this.dues().filter(({ due }) => due <= until);
      const first = next.sort((one, other) => one.due - other.due)[0];
      if (first === undefined) break;
      this.at = Math.max(this.at, first.due) as Instant;
      const { changes } = this.fact({ type: 'due', kind: first.kind, id: first.id });
      if (changes.length === 0) throw new Error(`${first.kind} ${first.id} stays due`);
    }
    this.at = until as Instant;
  }

  private dues(): readonly { readonly kind: DueKind; readonly id: string; readonly due: Instant }[] {
    return DUE_KINDS.flatMap((kind) =>
      [...this.world[kind].values()].flatMap((value) => {
        const due = dueAt({ kind, value, live: true } as Change, this.settings);
        return due === null ? [] : [{ kind, id: value.id, due }];
      }),
    );
  }

  /** Undefined: it was refused. */
  ask<Type extends CommandType>(command: Input<Type>): Answer<Type> | undefined {
    const before = this.contents();
    try {
      return this.run(command as Input<CommandType>).answer as Answer<Type>;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const now = this.contents();
      if (!now.every((each, index) => each === before[index])) {
        throw new Error(`${command.type} was refused and yet changed something`, { cause: error });
      }
      return undefined;
    }
  }

  private contents(): readonly unknown[] {
    return Object.values(this.world).flatMap(
      (each: unknown) => (each instanceof Map ? [...each.values()] : [each]) as unknown[],
    );
  }

  private fact(fact: Input): Outcome<unknown> {
    return this.run(fact);
  }

  /** Told a second time of what happened, it changes nothing. */
  private expectNothingOf(fact: Input): void {
    const { changes, notifications } = this.run(fact);
    if (changes.length + notifications.length > NOTHING.changes.length) {
      throw new Error(`${fact.type} was told twice and counted twice`);
    }
  }

  private run(input: Input): Outcome<unknown> {
    const seed = (++this.inputs).toString(16).padStart(15, '0');
    const stamped = { ...input, at: this.at, seed, random: this.random };
    const outcome = handle<InputType>(this.world, stamped);
    const again = handle<InputType>(this.world, stamped);
    if (JSON.stringify(again) !== JSON.stringify(outcome))
      throw new Error(`${input.type} was decided in two ways`);
    const before = snapshot(this.world);
    apply(this.world, outcome.changes);
    for (const effect of outcome.effects) this.asterisk.carryOut(effect);
    this.witness.see(before, this.world, input, this.at, outcome);
    this.expectBridges();
    this.expectUnderTalk();
    this.expectEars();
    const broken = brokenInvariants(this.world, this.at);
    if (broken.length > 0) throw new Error(`after ${JSON.stringify(input)}: ${broken.join('; ')}`);
    return outcome;
  }

  /** Every running conversation has a bridge, as far as we know. */
  private expectBridges(): void {
    for (const { id, bridgeId } of this.world.conversations.values()) {
      if (!this.asterisk.wasLeftOpen(bridgeId)) throw new Error(`the conversation ${id} has no bridge`);
    }
  }

  /** What was last asked to be played under a talk is what the world thinks. */
  private expectUnderTalk(): void {
    for (const { bridgeId, underTalk } of this.world.conversations.values()) {
      if (!sameHearing(underTalk, this.asterisk.underTalk.get(bridgeId) ?? null)) {
        throw new Error(`in ${bridgeId} something else is played under the talk`);
      }
    }
  }

  /** An ear is on whom the coach came for. */
  private expectEars(): void {
    const { calls, conversations } = this.world;
    for (const { id, whisper } of calls.values()) {
      if (whisper === null) continue;
      const { role } = memberOn(conversations.get(whisper.conversationId)!, id)!;
      const pupil = role.as === 'supervisor' && role.coaching !== null ? calls.get(role.coaching) : undefined;
      const on = this.asterisk.ears.get(calls.get(whisper.earId)!.channelId);
      if (on !== pupil?.channelId) throw new Error(`${id} whispers to somebody else`);
    }
  }
}

export function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % items.length];
}
