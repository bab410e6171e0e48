import type { AppId, ConditionId } from '../../src/domain/ids';
import {
  agentEnqueue,
  type Choice,
  type Enqueue,
  type RingMode,
  type Target,
} from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import type { World } from '../../src/domain/world';
import { AGENTS, SKILLS } from './cast';
import type { SeededRandom } from './seeded-random';

export function someEnqueue(random: SeededRandom, conditions: readonly ConditionId[] = []): Enqueue {
  const routes = Array.from({ length: random.integer(1, 2) }, () => ({
    targets: someTargets(random, conditions),
  }));
  const voice = (): Sound | null => random.pick([null, null, 'welcome.wav' as Sound, 'sound:beep' as Sound]);
  return {
    ...agentEnqueue(AGENTS[0]!),
    routes,
    choice: random.pick<Choice>(['random', 'lru', 'order', 'all']),
    reserveState: random.pick(['idle', 'idle', 'idle', 'busy']),
    failOverflow: random.chance(0.4),
    conversationLevel: random.chance(0.8) ? 2 : 1,
    conversationTimeoutSeconds: random.chance(0.7) ? 21_600 : random.integer(1, 60),
    priority: random.integer(-1, 3),
    ringMode: random.integer(1, 5) as RingMode,
    waitVoice: voice(),
    ringVoice: voice(),
    holdVoice: voice(),
    playNum: random.chance(0.6),
    preNumVoice: voice(),
  };
}

function someTargets(random: SeededRandom, conditions: readonly ConditionId[]): readonly Target[] {
  if (conditions.length > 0 && random.chance(0.4)) {
    return Array.from({ length: random.integer(1, 2) }, () => ({
      kind: 'condition',
      id: random.pick(conditions),
    }));
  }
  const isSkill = random.chance(0.4);
  return Array.from({ length: random.integer(1, 2) }, () => {
    const waiting = {
      priority: random.integer(0, 2),
      queueTimeoutSeconds: random.chance(0.3) ? null : random.integer(0, 60),
      fetchTimeoutSeconds: random.integer(2, 40),
    };
    return isSkill
      ? { kind: 'skill' as const, name: random.pick(SKILLS), ...waiting }
      : { kind: 'agent' as const, name: random.pick(AGENTS), ...waiting };
  });
}

export function conditionsOf(world: World, app: AppId): readonly ConditionId[] {
  return [...world.conditions.values()].filter((each) => each.app === app).map(({ id }) => id);
}
