import { z } from 'zod';
import { isPlanName, planId } from '../../../domain/queue/plan';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import type { XmlParser } from '../../../ports/parsing';
import { enqueueDocument, readEnqueue } from '../enqueue-parameter';
import { EXAMPLE } from '../example-values';
import { body } from '../fields';
import { parameterProblem } from '../http-problem';
import { operation, type Operation } from '../operation';

const PLAN = z
  .object({
    name: z.string().meta({ examples: [EXAMPLE.plan] }),
    enqueue: z.string().meta({ description: 'the document, as it was written', examples: [EXAMPLE.enqueue] }),
    source: z.enum(['file', 'api']).describe('file: a file of the configuration, which the API does not change'),
  })
  .meta({ id: 'Plan' });

export function planRoutes(callCenter: CallCenter, parseXml: XmlParser): readonly Operation[] {
  return [
    operation({
      method: 'put',
      path: '/callcenter/plan/{name}',
      summary: 'Keep an enqueue document under a name',
      role: 'admin',
      body: body({ enqueue: enqueueDocument }),
      refusals: ['plan-in-file'],
      run: async ({ application, params: { name }, body }) => {
        if (!isPlanName(name)) throw parameterProblem('name', NAMES);
        const text = body.enqueue;
        const enqueue = readEnqueue(parseXml, text);
        return callCenter.ask({ type: 'put-plan', app: application.id, name, text, enqueue });
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/plan/{name}',
      summary: 'Get a plan',
      role: 'read',
      data: PLAN,
      refusals: ['plan-not-found'],
      run: async ({ application, params: { name } }) => {
        expectName(name);
        const plan = await callCenter.read((world) => world.plans.get(planId(application.id, name)));
        if (plan === undefined) throw new Refusal('plan-not-found', { name });
        return { name, enqueue: plan.text, source: plan.source };
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/plan',
      summary: 'List the plans, in order of name',
      role: 'read',
      data: z.array(PLAN),
      refusals: [],
      run: async ({ application }) => {
        const plans = await callCenter.read((world) =>
          [...world.plans.values()].filter(({ app }) => app === application.id),
        );
        return plans
          .sort((one, other) => (one.name < other.name ? -1 : 1))
          .map(({ name, text, source }) => ({ name, enqueue: text, source }));
      },
    }),
    operation({
      method: 'delete',
      path: '/callcenter/plan/{name}',
      summary: 'Delete a plan; calls that were queued by it wait on',
      role: 'admin',
      refusals: ['plan-not-found', 'plan-in-file'],
      run: async ({ application, params: { name } }) => {
        expectName(name);
        return callCenter.ask({ type: 'delete-plan', app: application.id, name });
      },
    }),
  ];
}

const NAMES = {
  zh: '应为 1 至 64 个字母、数字、- 或 _',
  en: 'must be 1 to 64 letters, digits, dashes or underscores',
};

/** What cannot be a name names nothing that exists. */
function expectName(name: string): void {
  if (!isPlanName(name)) throw new Refusal('plan-not-found', { name });
}
