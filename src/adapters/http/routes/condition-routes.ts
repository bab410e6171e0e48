import { z } from 'zod';
import { type Expression, MAX_EXPRESSION_CHARACTERS } from '../../../domain/expression/expression';
import type { Input } from '../../../domain/input';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import type { ExpressionParser } from '../../../ports/parsing';
import { CONDITION, conditionJson } from '../condition-json';
import { EXAMPLE, id } from '../example-values';
import { readExpression } from '../expression-parameter';
import { body, integer, text } from '../fields';
import { operation, type Operation } from '../operation';
import { conditionIdFrom } from '../path-ids';

const FIELDS = {
  where: text(MAX_EXPRESSION_CHARACTERS).meta({
    description: 'which agents it chooses: an expression that is true or false',
    examples: [EXAMPLE.where],
  }),
  sort: text(MAX_EXPRESSION_CHARACTERS)
    .optional()
    .meta({
      description: 'who comes first: an expression, the higher the sooner',
      examples: [EXAMPLE.sort],
    }),
  priority: integer(0, 99).meta({ examples: [10] }),
  queue_timeout: integer(1, 1000).meta({ description: 'how long a call waits on it, in seconds', examples: [60] }),
  fetch_timeout: integer(1, 60).meta({
    description: "how long an agent's phone rings, in seconds",
    examples: [45],
  }),
  remark: text(128)
    .optional()
    .meta({ examples: [EXAMPLE.remark] }),
};

const NEW = body({
  ...FIELDS,
  priority: FIELDS.priority.prefault(0),
  fetch_timeout: FIELDS.fetch_timeout.prefault(45),
});

const CHANGED = body({
  where: FIELDS.where.optional(),
  sort: FIELDS.sort.describe('an empty one takes it away'),
  priority: FIELDS.priority.optional(),
  queue_timeout: FIELDS.queue_timeout.optional(),
  fetch_timeout: FIELDS.fetch_timeout.optional(),
  remark: FIELDS.remark.describe('an empty one takes it away'),
});

export function conditionRoutes(callCenter: CallCenter, parse: ExpressionParser): readonly Operation[] {
  return [
    operation({
      method: 'post',
      path: '/callcenter/condition',
      summary: 'Create a condition',
      role: 'admin',
      takesIdempotencyKey: true,
      body: NEW,
      data: z.object({ id, conditionId: id.describe('the id again, for existing clients') }),
      refusals: ['expression-invalid'],
      run: async ({ application, body, once }) => {
        const made = await callCenter.ask(
          {
            type: 'create-condition',
            app: application.id,
            where: readExpression(parse, 'where', body.where, 'boolean'),
            sort: readSort(parse, body.sort ?? ''),
            priority: body.priority,
            queueTimeoutSeconds: body.queue_timeout,
            fetchTimeoutSeconds: body.fetch_timeout,
            remark: body.remark || null,
          },
          once,
        );
        return { id: made, conditionId: made };
      },
    }),
    operation({
      method: 'post',
      path: '/callcenter/condition/{id}',
      summary: 'Change a condition; what is absent or null stays',
      role: 'admin',
      body: CHANGED,
      refusals: ['condition-not-found', 'expression-invalid'],
      run: async ({ application, params, body }) => {
        const conditionId = conditionIdFrom(params.id);
        const changes = changesIn(parse, body);
        return callCenter.ask({ type: 'change-condition', app: application.id, conditionId, ...changes });
      },
    }),
    operation({
      method: 'delete',
      path: '/callcenter/condition/{id}',
      summary: 'Delete a condition; calls that wait on it find nobody by it any more',
      role: 'admin',
      refusals: ['condition-not-found'],
      run: async ({ application, params }) => {
        const conditionId = conditionIdFrom(params.id);
        return callCenter.ask({ type: 'delete-condition', app: application.id, conditionId });
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/condition/{id}',
      summary: 'Get a condition',
      role: 'read',
      data: CONDITION,
      refusals: ['condition-not-found'],
      run: async ({ application, params }) => {
        const id = conditionIdFrom(params.id);
        const condition = await callCenter.read((world) => world.conditions.get(id));
        if (condition?.app !== application.id) throw new Refusal('condition-not-found', { id });
        return conditionJson(condition);
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/condition',
      summary: 'List the conditions, in order of creation',
      role: 'read',
      data: z.array(CONDITION),
      refusals: [],
      run: async ({ application }) => {
        const conditions = await callCenter.read((world) =>
          [...world.conditions.values()].filter(({ app }) => app === application.id),
        );
        return conditions.sort((one, other) => (one.id < other.id ? -1 : 1)).map(conditionJson); // Ids sort by creation.
      },
    }),
  ];
}

type Changes = Omit<Input<'change-condition'>, 'type' | 'app' | 'conditionId'>;

function changesIn(parse: ExpressionParser, given: z.output<typeof CHANGED>): Changes {
  const { where, sort, priority, queue_timeout, fetch_timeout, remark } = given;
  return {
    ...(where === undefined ? {} : { where: readExpression(parse, 'where', where, 'boolean') }),
    ...(sort === undefined ? {} : { sort: readSort(parse, sort) }),
    ...(priority === undefined ? {} : { priority }),
    ...(queue_timeout === undefined ? {} : { queueTimeoutSeconds: queue_timeout }),
    ...(fetch_timeout === undefined ? {} : { fetchTimeoutSeconds: fetch_timeout }),
    ...(remark === undefined ? {} : { remark: remark || null }),
  };
}

/** An empty one: all agents are equal. */
function readSort(parse: ExpressionParser, sort: string): Expression<'number'> | null {
  return sort === '' ? null : readExpression(parse, 'sort', sort, 'number');
}
