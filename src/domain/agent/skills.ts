import type { Stamped } from '../input';
import { offer } from '../queue/seeking';
import type { UnitOfWork } from '../unit-of-work';
import { agentNamed, type Skill } from './agent';

/** `add`: also changes one that is there, only in what is given; a new one has score 0 and is disabled. */
export type SkillChange =
  | { readonly do: 'delete-all' }
  | { readonly do: 'add'; readonly name: string; readonly score?: number; readonly enabled?: boolean }
  | { readonly do: 'delete'; readonly name: string };

export function setSkills(tx: UnitOfWork, { app, name, changes }: Stamped<'set-skills'>): null {
  const agent = agentNamed(tx, app, name);
  tx.agents.put({ ...agent, skills: changes.reduce(changed, agent.skills) });
  offer(tx, agent.id);
  return null;
}

function changed(skills: readonly Skill[], change: SkillChange): readonly Skill[] {
  switch (change.do) {
    case 'delete-all':
      return [];
    case 'delete':
      return skills.filter(({ name }) => name !== change.name);
    case 'add': {
      const before = skills.find(({ name }) => name === change.name);
      const { name, score = before?.score ?? 0, enabled = before?.enabled ?? false } = change;
      const after: Skill = { name, score, enabled };
      return before === undefined ? [...skills, after] : skills.map((each) => (each === before ? after : each));
    }
  }
}
