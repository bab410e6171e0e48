import type { AgentName, ChannelId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Input, InputType } from '../../src/domain/input';
import type { WaitEstimate } from '../../src/ports/call-center';
import { QueueWatch } from '../../src/runtime/queue-watch';
import { SeededRandom } from '../simulation/seeded-random';
import { answered, asking, ended, skillTarget } from '../support/happenings';
import { anArrival, APP, atTheirPhones, aWorld, NOW, when } from '../support/worlds';

const AGENTS = 5;
const TALK_SECONDS = 180;
const CALLERS = 1_200;
const SALES = [{ name: 'sales', score: 1, enabled: true }];

type Forecast = { readonly estimate: WaitEstimate; readonly made: number };
type Met = WaitEstimate & { readonly waitedSeconds: number };

/**
 * A call centre that runs by itself on the real rules: callers come at random, `load` times as many as the agents can
 * serve, and talk for a random time. What was forecast for each who had to wait is met with how long it then waited.
 */
function aBusyDay(seed: number, load: number): readonly Met[] {
  const random = new SeededRandom(seed);
  const exponential = (mean: number): number => -mean * 1000 * Math.log(1 - random.number());
  const ready = { skills: SALES, keptAliveAt: (NOW + 1e10) as Instant };
  const names = Array.from({ length: AGENTS }, (_, index) => `agent${index}` as AgentName);
  const world = aWorld(atTheirPhones(...names.map((name) => ({ ...ready, name }))));
  const watch = new QueueWatch(world, NOW);
  const talks: { readonly endsAt: number; readonly channelId: ChannelId }[] = [];
  const forecasts = new Map<QueueTaskId, Forecast>();
  const met: Met[] = [];

  const happens = <Type extends InputType>(input: Input<Type>, at: number): void => {
    const outcome = when(world, input, { at: Math.round(at) as Instant, random: random.number() });
    watch.follow({ ...outcome, at: Math.round(at) as Instant });
    for (const each of outcome.notifications) {
      if (each.event !== 'callcenter.queue.select') continue;
      const forecast = forecasts.get(each.id);
      if (forecast !== undefined) met.push({ ...forecast.estimate, waitedSeconds: (at - forecast.made) / 1000 });
      const { channelId } = world.calls.get(each.agentCallId)!;
      happens(answered({ channelId }), at);
      talks.push({ endsAt: at + exponential(TALK_SECONDS), channelId });
    }
  };

  let arrivesAt: number = NOW;
  for (let callers = 0; callers < CALLERS; callers++) {
    arrivesAt += exponential(TALK_SECONDS / AGENTS / load);
    for (;;) {
      const next = talks.reduce(
        (one, each) => (one === undefined || each.endsAt < one.endsAt ? each : one),
        talks[0],
      );
      if (next === undefined || next.endsAt > arrivesAt) break;
      talks.splice(talks.indexOf(next), 1);
      happens(ended(next), next.endsAt);
    }
    happens(anArrival({ request: asking([skillTarget('sales')]) }), arrivesAt);
    const last = watch.queue(APP, Math.round(arrivesAt) as Instant).at(-1);
    if (last?.estimate) forecasts.set(last.task.id, { estimate: last.estimate, made: arrivesAt });
  }
  return met;
}

test.each([
  { load: 0.8, seed: 1 },
  { load: 0.95, seed: 2 },
  { load: 1.05, seed: 3 },
])(
  'given callers at $load of what can be served, eight of ten wait between the bounds they were told',
  ({ load, seed }) => {
    const met = aBusyDay(seed, load);

    const within = met.filter(
      ({ waitedSeconds, atLeastSeconds, atMostSeconds }) =>
        waitedSeconds >= atLeastSeconds && waitedSeconds <= atMostSeconds,
    );
    const forecast = met.reduce((sum, { seconds }) => sum + seconds, 0);
    const waited = met.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0);

    expect(met.length).toBeGreaterThan(400);
    expect(within.length / met.length).toBeGreaterThan(0.7);
    expect(within.length / met.length).toBeLessThan(0.95);
    expect(Math.abs(forecast / waited - 1)).toBeLessThan(0.2);
  },
);
