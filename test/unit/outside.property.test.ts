import fc from 'fast-check';
import type { AgentName } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { trunkLinesOf } from '../../src/domain/outside/outside-use';
import { Refusal } from '../../src/domain/refusal';
import { apply, type Change, emptyWorld, type World } from '../../src/domain/world';
import { callOut, transferOut } from '../support/agent-operations';
import { answered, ended, inviteOut } from '../support/happenings';
import { aTalkOfCallers, ordinaryTelephone } from '../support/outside-calls';
import { policyOf, someRules } from '../support/outside-policies';
import { atTheirPhones, aWorld, NOW, SETTINGS, when } from '../support/worlds';

const AGENTS = ['ann', 'bob', 'cal', 'dan'] as AgentName[];

type Step =
  | { readonly do: 'invite-out' }
  | { readonly do: 'call-out' | 'transfer-out'; readonly agent: number }
  | { readonly do: 'answer' | 'end'; readonly which: number }
  | { readonly do: 'restart' }
  | { readonly do: 'wait'; readonly ms: number };

const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'invite-out' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('call-out' as const), agent: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('transfer-out' as const), agent: fc.nat({ max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  },
);

const LIMITS = fc.record({
  callsAtOnce: fc.option(fc.integer({ min: 1, max: 5 })),
  callsPerSecond: fc.option(fc.integer({ min: 1, max: 3 })),
  minutesPerDay: fc.option(fc.integer({ min: 1, max: 3 })),
});
const PHONES = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

/** The engine, and beside it a plain account of what it has let through. */
class Watched {
  world: World;
  at = NOW as number;
  /** When lines were claimed. */
  readonly begun: number[] = [];
  private readonly answeredAt = new Map<string, number>();
  private talkedMs = 0;

  constructor(
    private readonly limits: {
      readonly [Each in 'callsAtOnce' | 'callsPerSecond' | 'minutesPerDay']: number | null;
    },
    ordinary: readonly boolean[],
  ) {
    const { agents, extensions } = atTheirPhones(...AGENTS.map((name) => ({ name, state: 'away' as const })));
    const phones = extensions.map((each, index) => (ordinary[index] ? ordinaryTelephone(each, index) : each));
    const talks = [1, 2, 3].map(() => aTalkOfCallers({ endsAt: (NOW + 1e10) as typeof NOW })); // Who stay.
    const settings = { ...SETTINGS, keepaliveSeconds: 1e6, outside: policyOf(someRules(limits)) };
    const conversations = talks.map((talk) => talk.conversation);
    const calls = talks.flatMap((talk) => talk.calls);
    this.world = { ...aWorld({ extensions: phones, agents, calls, conversations }), settings };
  }

  take(step: Step): void {
    switch (step.do) {
      case 'wait':
        this.at += step.ms;
        return;
      case 'restart':
        return this.restart();
      case 'answer':
      case 'end':
        return this.tell(step.do, step.which);
      case 'invite-out': {
        const room = [...this.world.conversations.values()].find(({ invited }) => invited.length < 6);
        return room === undefined ? undefined : this.ask(inviteOut(room));
      }
      case 'call-out':
        return this.ask(callOut(AGENTS[step.agent]));
      case 'transfer-out': {
        const agent = [...this.world.agents.values()][step.agent]!;
        const leg = agent.callId === null ? undefined : this.world.calls.get(agent.callId);
        const talk = this.world.conversations.get(leg?.memberOf[0] as never);
        return talk === undefined ? undefined : this.ask(transferOut(agent.name, talk));
      }
    }
  }

  private get lines(): number {
    return [...this.world.calls.values()].reduce(
      (sum, call) => sum + trunkLinesOf(call, this.world.extensions),
      0,
    );
  }

  private ask(command: Input<'invite-out' | 'call-out' | 'transfer-out'>): void {
    const before = this.lines;
    const used = this.usedMinutes();
    const calls = new Map(this.world.calls);
    try {
      when(this.world, command, { at: this.at as typeof NOW });
    } catch (error) {
      if (error instanceof Refusal) return;
      throw error;
    }
    this.followAll(calls); // Who transfers leaves, and talks no longer.
    const { callsAtOnce, callsPerSecond, minutesPerDay } = this.limits;
    this.begun.push(...Array.from({ length: this.lines - before }, () => this.at));
    expect(this.lines).toBeLessThanOrEqual(callsAtOnce ?? Infinity);
    expect(this.begun.filter((at) => at > this.at - 1000).length).toBeLessThanOrEqual(callsPerSecond ?? Infinity);
    expect(used).toBeLessThan(minutesPerDay ?? Infinity);
  }

  private usedMinutes(): number {
    const running = [...this.answeredAt.values()].reduce((sum, since) => sum + this.at - since, 0);
    return (this.talkedMs + running) / 60_000;
  }

  private tell(what: 'answer' | 'end', which: number): void {
    const dialled = [...this.world.calls.values()].filter(
      ({ party }) => party.kind === 'agent' || (party.kind === 'outside' && party.from === 'dialled'),
    );
    const call = dialled[which % Math.max(1, dialled.length)];
    if (call === undefined) return;
    const before = new Map(this.world.calls);
    const lines = this.lines;
    when(this.world, what === 'answer' ? answered(call) : ended(call), { at: this.at as typeof NOW });
    expect(this.lines).toBeLessThanOrEqual(lines); // No answer takes a line that nobody has asked for.
    this.followAll(before);
  }

  private followAll(before: World['calls']): void {
    for (const [id, each] of before) this.follow(id, each.stage.at, trunkLinesOf(each, this.world.extensions));
  }

  private follow(id: string, was: string, lines: number): void {
    const stage = this.world.calls.get(id as never)?.stage.at;
    if (was === 'up' && stage !== 'up' && lines > 0) {
      this.talkedMs += this.at - this.answeredAt.get(id)!;
      this.answeredAt.delete(id);
    }
    const call = this.world.calls.get(id as never);
    if (was !== 'up' && call?.stage.at === 'up' && trunkLinesOf(call, this.world.extensions) > 0) {
      this.answeredAt.set(id, this.at);
    }
  }

  /** All that is in the store comes back, and nothing else. */
  private restart(): void {
    const { settings, trunks, extensions, agents, calls, conversations, outsideUse } = this.world;
    const kept = { trunks, extensions, agents, calls, conversations, outsideUse };
    this.world = emptyWorld(settings);
    for (const [kind, values] of Object.entries(kept)) {
      for (const value of values.values()) apply(this.world, [{ kind, value, live: true } as Change]);
    }
  }
}

test('whatever is asked for, answered and ended in whatever order, no limit is exceeded', () => {
  let made = 0;
  fc.assert(
    fc.property(LIMITS, PHONES, fc.array(step, { minLength: 60, maxLength: 120 }), (limits, ordinary, steps) => {
      const watched = new Watched(limits, ordinary);
      for (const each of steps) watched.take(each);
      made += watched.begun.length;
    }),
    { numRuns: 120 },
  );
  expect(made).toBeGreaterThan(700);
});

test('and without limits nothing is refused for them', () => {
  const none = { callsAtOnce: null, callsPerSecond: null, minutesPerDay: null };
  const watched = new Watched(none, [false, false, true, true]);
  for (let call = 0; call < 12; call++) watched.take({ do: 'invite-out' });
  expect(watched.begun).toHaveLength(12);
});
