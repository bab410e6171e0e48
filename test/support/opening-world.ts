import type { Skill } from '../../src/domain/agent/agent';
import type { AgentId, AgentName, ConditionId, GatewayAddress, PhoneNumber } from '../../src/domain/ids';
import type { World } from '../../src/domain/world';
import { ANN, BOB, CAL, OTHER_APP } from './happenings';
import { firstConditions } from './random-documents';
import { anAgent, anExtension, APP, atTheirPhones, aWorld, NOW } from './worlds';

export const DAN = 'dan' as AgentName;
const skill = (name: string, score: number): Skill => ({ name, score, enabled: true });

type OpeningCondition = ReturnType<typeof firstConditions>[number];

export function openingConditions(): readonly OpeningCondition[] {
  const elsewhere = firstConditions(OTHER_APP).slice(0, 1);
  return [...firstConditions(APP), ...elsewhere.map((each) => ({ ...each, id: '9'.repeat(32) as ConditionId }))];
}

/** Agents of two applications at their phones, before anything has happened. */
export function anOpeningWorld(conditions: readonly OpeningCondition[]): World {
  const here = atTheirPhones(
    { name: ANN, skills: [skill('sales', 1)] },
    { name: BOB, skills: [skill('sales', 1), skill('french', 2)], num: '1002' },
    { name: CAL, skills: [skill('sales', 2)], state: 'away' },
    { name: DAN, skills: [skill('french', 2)], num: null },
  );
  const telephone = anExtension({ line: { type: '3', telnum: '13600000000' as PhoneNumber } });
  // Of the same name, in another application.
  const other = anAgent({
    id: `${OTHER_APP}/${ANN}` as AgentId,
    app: OTHER_APP,
    name: ANN,
    skills: [skill('sales', 1)],
  });
  const { id, extensionId } = other;
  const elsewhere = anExtension({
    id: extensionId,
    app: OTHER_APP,
    boundTo: id,
    line: { type: '2', ipaddr: '192.0.2.7' as GatewayAddress, telnum: null },
  });
  return aWorld({
    agents: [...here.agents, other],
    extensions: [...here.extensions, telephone, elsewhere],
    conditions: conditions.map((each) => ({ ...each, createdAt: NOW, lookAt: null })),
  });
}
