import { REFUSAL_CODES } from '../../domain/refusal';
import { joined, type Text, verbatim } from '../../domain/text';
import type { ClientRole } from './client-role';
import { PARAMETER_ERROR, UNKNOWN_FAILURE } from './text';

/** A request that does not get as far as the engine, or a crash on its way there. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: Text,
    readonly headers: Readonly<Record<string, string>> = {},
    /** For the operator's log, and no client: what exactly was wrong. */
    readonly why?: string,
  ) {
    super(text.en);
  }
}

const PARAMETER_CODE = REFUSAL_CODES['parameter-illegal'];

/** `parameter` is the name that the client wrote, `problem` what is wrong with the value. */
export function parameterProblem(parameter: string, problem: Text): HttpProblem {
  return malformed(joined(': ', PARAMETER_ERROR, verbatim(parameter), problem));
}

export function malformed(text: Text, status = 400): HttpProblem {
  return new HttpProblem(status, PARAMETER_CODE, text);
}

/** Never says which part was wrong: that stands in the log. */
export function notAuthenticated(why: string): HttpProblem {
  return new HttpProblem(
    401,
    '000007',
    { zh: '鉴权失败', en: 'authentication failed' },
    { 'WWW-Authenticate': 'Bearer' },
    why,
  );
}

export function applicationDisabled(): HttpProblem {
  return new HttpProblem(403, '010002', { zh: '应用已停用', en: 'application disabled' });
}

export function addressNotAllowed(): HttpProblem {
  return new HttpProblem(403, '010004', { zh: '调用方地址不被允许', en: 'caller address not allowed' });
}

/** The credentials are right, and not made for this. */
export function roleTooLow(role: ClientRole, needed: ClientRole): HttpProblem {
  return new HttpProblem(403, '000008', {
    zh: `此令牌的角色为 ${role}，需要 ${needed}`,
    en: `the role of this token is ${role}, needed is ${needed}`,
  });
}

/** `retrySeconds`: when it may be asked again. */
export function rateLimited(retrySeconds: number, why?: string): HttpProblem {
  const text = { zh: '请求过多', en: 'too many requests' };
  return new HttpProblem(429, '000005', text, { 'Retry-After': String(retrySeconds) }, why);
}

export function tooManyHeaders(most: number): HttpProblem {
  return malformed({ zh: `请求头超过 ${most} 个`, en: `there are more than ${most} headers` }, 431);
}

export function unmetExpectation(): HttpProblem {
  return malformed({ zh: '不支持此 Expect 请求头', en: 'what Expect asks for is not done here' }, 417);
}

export function unknownRoute(): HttpProblem {
  return malformed({ zh: '没有这个地址', en: 'there is nothing under this path' }, 404);
}

export function methodNotAllowed(): HttpProblem {
  return malformed({ zh: '该地址不支持此方法', en: 'this path does not take this method' }, 405);
}

export function unknownFailure(): HttpProblem {
  return new HttpProblem(500, '000002', UNKNOWN_FAILURE);
}
