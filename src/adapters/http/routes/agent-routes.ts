import { z } from 'zod';
import { type Agent, agentId } from '../../../domain/agent/agent';
import type { SkillChange } from '../../../domain/agent/skills';
import type { ExtensionId } from '../../../domain/ids';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import { AGENT, agentJson } from '../agent-json';
import { covers } from '../client-role';
import {
  agentName,
  agentNumber,
  agentState,
  body,
  boolean,
  idOf,
  integer,
  loginState,
  query,
  skillName,
  stateFilter,
  withoutNulls,
} from '../fields';
import { operation, type Operation } from '../operation';
import { PAGE, PAGE_ALIASES, pageFrom, pageOf } from '../page';
import { byAgent } from '../path-ids';
import type { Pattern } from '../schema-problem';

const GIVEN_TWICE: Pattern = 'given twice';

const score = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).meta({ examples: [5] });

const SKILL = body({
  name: skillName,
  score: score.prefault(0),
  enabled: boolean.prefault(false),
});

const SKILLS = z.array(SKILL).check(({ value, issues }) => {
  const seen = new Set<string>();
  for (const [index, { name }] of value.entries()) {
    if (seen.has(name)) issues.push({ code: 'custom', path: [index, 'name'], input: name, message: GIVEN_TWICE });
    seen.add(name);
  }
});

const DELETE_ALL = z.object({ opt: z.literal(0).describe('delete all skills') });

const ADD = z.object({
  opt: z.literal(1).describe('add the skill, or change it'),
  name: skillName,
  score: score.optional().describe('absent: as it is; 0 for a new one'),
  enabled: boolean.optional().describe('absent: as it is; false for a new one'),
});

const DELETE = z.object({ opt: z.literal(2).describe('delete the skill'), name: skillName });

type SkillOpt = z.output<typeof DELETE_ALL> | z.output<typeof ADD> | z.output<typeof DELETE>;

const SKILL_OPT: z.ZodType<SkillOpt> = z.preprocess(
  (sent) =>
    typeof sent === 'object' && sent !== null && 'opt' in sent && typeof sent.opt === 'string'
      ? { ...sent, opt: DIGIT.test(sent.opt) ? Number(sent.opt) : sent.opt }
      : sent,
  withoutNulls(z.discriminatedUnion('opt', [DELETE_ALL, ADD, DELETE])),
);

/** Existing clients send numbers as text. */
const DIGIT = /^[0-9]$/;
const MAX_SKILL_OPTS = 200;

export function agentRoutes(callCenter: CallCenter): readonly Operation[] {
  return [
    operation({
      method: 'post',
      path: '/callcenter/agent',
      summary: 'Log an agent in',
      role: 'operate',
      takesIdempotencyKey: true,
      body: body({
        name: agentName,
        extension: idOf<ExtensionId>('id of the extension to bind it to'),
        num: agentNumber.optional().describe('its number, as announced to callers'),
        state: loginState.prefault('online'),
        skills: SKILLS.prefault([]),
      }),
      data: z.null(),
      refusals: ['agent-logged-in', 'extension-not-found', 'extension-bound'],
      run: ({ application, body, once }) =>
        callCenter.ask(
          {
            type: 'log-in',
            app: application.id,
            name: body.name,
            extensionId: body.extension,
            num: body.num ?? null,
            state: body.state,
            skills: body.skills,
          },
          once,
        ),
    }),
    operation({
      method: 'delete',
      path: '/callcenter/agent/{name}',
      summary: 'Log an agent out',
      role: 'operate',
      query: query({ force: boolean.prefault(false).describe('even out of a call, which is hung up') }),
      data: z.null(),
      refusals: ['agent-not-found', 'agent-busy'],
      run: async ({ application, params, query }) =>
        callCenter.ask({
          type: 'log-out',
          ...byAgent(application, params),
          force: query.force,
        }),
    }),
    operation({
      method: 'get',
      path: '/callcenter/agent/{name}/keepalive',
      summary: 'Say that an agent is still there',
      role: 'operate',
      data: z.null(),
      refusals: ['agent-not-found'],
      run: async ({ application, params }) =>
        callCenter.ask({ type: 'keep-alive', ...byAgent(application, params) }),
    }),
    operation({
      method: 'get',
      path: '/callcenter/agent/{name}',
      summary: 'Get an agent; counts as a keepalive, but from those who only read',
      role: 'read',
      data: AGENT,
      refusals: ['agent-not-found'],
      run: async ({ application, role, params }) => {
        const { app, name } = byAgent(application, params);
        if (covers(role, 'operate')) await callCenter.ask({ type: 'keep-alive', app, name });
        return callCenter.read((world) => {
          const agent = world.agents.get(agentId(app, name));
          if (agent === undefined) throw new Refusal('agent-not-found', { name });
          return agentJson(world, agent);
        });
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/agent',
      summary: 'List the agents that are logged in, in order of login',
      role: 'read',
      query: query({
        ...PAGE,
        state: stateFilter.optional().describe('busy: with any sub-state; busy/lunch: with this one'),
        skill: skillName.optional().describe('those who have this skill, enabled'),
      }),
      aliases: PAGE_ALIASES,
      data: pageOf(AGENT),
      refusals: [],
      run: ({ application, query }) =>
        callCenter.read((world) => {
          const agents = [...world.agents.values()]
            .filter(({ app }) => app === application.id)
            .filter((agent) => query.state === undefined || isInState(agent, query.state))
            .filter((agent) => query.skill === undefined || hasSkill(agent, query.skill))
            .sort(byLogin);
          return pageFrom(query, agents, (agent) => agentJson(world, agent));
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/extension',
      summary: 'Bind an agent to another extension',
      role: 'operate',
      body: body({ id: idOf<ExtensionId>('id of the extension') }),
      data: z.null(),
      refusals: ['agent-not-found', 'extension-not-found', 'extension-bound'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'bind-extension',
          ...byAgent(application, params),
          extensionId: body.id,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/state',
      summary: "Set an agent's state",
      role: 'operate',
      body: body({ state: agentState }),
      data: z.null(),
      refusals: ['agent-not-found', 'agent-busy'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'set-state',
          ...byAgent(application, params),
          state: body.state,
        }),
    }),
    operation({
      method: 'post',
      path: '/callcenter/agent/{name}/skills',
      summary: "Change an agent's skills, one change after the other",
      role: 'operate',
      body: body({ opts: z.array(SKILL_OPT).min(1).max(MAX_SKILL_OPTS) }),
      data: z.null(),
      refusals: ['agent-not-found'],
      run: async ({ application, params, body }) =>
        callCenter.ask({
          type: 'set-skills',
          ...byAgent(application, params),
          changes: body.opts.map(skillChange),
        }),
    }),
  ];
}

function skillChange(opt: SkillOpt): SkillChange {
  switch (opt.opt) {
    case 0:
      return { do: 'delete-all' };
    case 1: {
      const { name, score, enabled } = opt;
      return {
        do: 'add',
        name,
        ...(score === undefined ? {} : { score }),
        ...(enabled === undefined ? {} : { enabled }),
      };
    }
    case 2:
      return { do: 'delete', name: opt.name };
  }
}

function isInState({ state }: Agent, wanted: string): boolean {
  return wanted.includes('/') ? state === wanted : state.split('/')[0] === wanted;
}

function hasSkill({ skills }: Agent, wanted: string): boolean {
  return skills.some(({ name, enabled }) => name === wanted && enabled);
}

function byLogin(one: Agent, other: Agent): number {
  return one.loggedInAt - other.loggedInAt || (one.name < other.name ? -1 : 1);
}
