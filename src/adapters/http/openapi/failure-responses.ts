import type { HttpProblem } from '../http-problem';
import type { Failures } from './described-endpoint';

export type Json = Readonly<Record<string, unknown>>;

/** Answers that are no success. Each is told once and referred to wherever the same may go wrong. */
export class FailureResponses {
  readonly responses: Record<string, Json> = {};
  readonly examples: Record<string, Json> = {};

  /** By status. */
  of(failures: Failures): Json {
    const statuses = [...new Set(Object.values(failures).map(({ status }) => status))].sort();
    return Object.fromEntries(statuses.map((status) => [String(status), this.refer(status, failures)]));
  }

  private refer(status: number, failures: Failures): Json {
    const ofStatus = Object.entries(failures).filter(([, problem]) => problem.status === status);
    const name = [status, ...ofStatus.map(([each]) => each)].join('-');
    this.responses[name] ??= this.response(ofStatus);
    return { $ref: `#/components/responses/${name}` };
  }

  private response(failures: readonly (readonly [name: string, problem: HttpProblem])[]): Json {
    const codes = [...new Set(failures.map(([, { code }]) => code))];
    const headers = failures.flatMap(([, problem]) => Object.keys(problem.headers));
    for (const [name, { code, text }] of failures) {
      this.examples[name] = { summary: `${code} ${text.en}`, value: { code, msg: text.en, data: null } };
    }
    return {
      description: failures.map(([, { code, text }]) => `- \`${code}\` ${text.en}`).join('\n'),
      headers: Object.fromEntries(
        ['X-Request-Id', ...headers].map((each) => [each, { $ref: `#/components/headers/${each}` }]),
      ),
      content: {
        'application/json': {
          schema: failureSchema(codes),
          examples: Object.fromEntries(
            failures.map(([name]) => [name, { $ref: `#/components/examples/${name}` }]),
          ),
        },
      },
    };
  }
}

function failureSchema(codes: readonly string[]): Json {
  return {
    type: 'object',
    properties: {
      code: { type: 'string', enum: codes },
      msg: { type: 'string', description: 'what was wrong, and with which parameter or object' },
      data: { type: 'null' },
    },
    required: ['code', 'msg', 'data'],
  };
}
