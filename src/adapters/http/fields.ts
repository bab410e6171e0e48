import { z } from 'zod';
import type { AgentState } from '../../domain/agent/agent';
import type { ListenSpeakMode } from '../../domain/conversation/listen-speak-mode';
import type { AgentName, GatewayAddress, Instant, PhoneNumber } from '../../domain/ids';
import { isAgentName, isSkillName, type ReserveState } from '../../domain/queue/enqueue';
import { isGatewayAddress } from './gateway-address';
import { EXAMPLE } from './example-values';
import type { Pattern } from './schema-problem';

/** Existing clients send numbers as text, so text that is a whole number counts as one. */
export function integer<Value extends number = number>(min: number, max: number): z.ZodType<Value> {
  const schema = z.preprocess(
    (value) => (typeof value === 'string' && /^-?[0-9]{1,16}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );
  return branded(schema);
}

/** Not by a transformation: with one behind it, JSON Schema takes a required field for an optional one. */
function branded<Base, Value extends Base>(schema: z.ZodType<Base>): z.ZodType<Value> {
  return schema as unknown as z.ZodType<Value>;
}

/** And text as numbers: a whole number in JSON is taken for its digits, as long as none is lost. */
function digitsAsText(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

/** Counted in characters, not in units of UTF-16. */
export function text(maxLength: number): z.ZodType<string> {
  const schema = z
    .string()
    .check((ctx) => {
      if ([...ctx.value].length <= maxLength) return;
      ctx.issues.push({
        code: 'too_big',
        origin: 'string',
        maximum: maxLength,
        inclusive: true,
        input: ctx.value,
      });
    })
    .meta({ maxLength });
  return z.preprocess(digitsAsText, schema);
}

/** The caller says by `Value` what a text that follows the pattern is. */
function following<Value extends string = string>(pattern: Pattern, isRight: RegExp): z.ZodType<Value> {
  return branded(z.preprocess(digitsAsText, z.string().regex(isRight, pattern)));
}

function satisfying<Value extends string = string>(
  pattern: Pattern,
  isRight: (text: string) => boolean,
): z.ZodType<Value> {
  return branded(z.preprocess(digitsAsText, z.string().refine(isRight, pattern)));
}

const BOOLEANS = new Map<unknown, boolean>([
  ...['true', '1', 1, 'on', 'yes'].map((yes) => [yes, true] as const),
  ...['false', '0', 0, 'off', 'no'].map((no) => [no, false] as const),
]);

export const boolean: z.ZodType<boolean> = z.preprocess(
  (value) => BOOLEANS.get(typeof value === 'string' ? value.toLowerCase() : value) ?? value,
  z.boolean(),
);

/** The last instant that ECMAScript knows. */
const MAX_INSTANT = 8_640_000_000_000_000;

/** Milliseconds since the epoch. */
export const instant = integer<Instant>(0, MAX_INSTANT).meta({ examples: [EXAMPLE.time] });

export const mode = integer<ListenSpeakMode>(1, 4);

/** Nothing that a dial string could be split at, or that could name another endpoint. */
export const phoneNumber = following<PhoneNumber>('phone number', /^\+?[0-9]{3,20}$/).meta({
  examples: [EXAMPLE.telnumber],
});

export const agentName = satisfying<AgentName>('agent name', isAgentName).meta({ examples: [EXAMPLE.agent] });
export const agentNumber = following('agent number', /^[0-9]{1,32}$/).meta({ examples: ['1001'] });
export const skillName = satisfying('skill name', isSkillName).meta({ examples: [EXAMPLE.skill] });

/** What stands after the `/` goes into stores and events, so no control characters and no half characters. */
const SUB_STATE = '(busy|away)(/[^\\p{Cc}\\p{Cs}]{0,256})?';

/** What a client may set. */
export const agentState = following<ReserveState>('agent state', new RegExp(`^(idle|${SUB_STATE})$`, 'u')).meta({
  examples: ['busy/lunch'],
});

export const loginState = following<Exclude<AgentState, 'fetching' | 'talking'>>(
  'login state',
  new RegExp(`^(online|idle|${SUB_STATE})$`, 'u'),
).meta({ examples: ['idle'] });

export const stateFilter = following<AgentState>(
  'state filter',
  new RegExp(`^(online|idle|fetching|talking|${SUB_STATE})$`, 'u'),
).meta({ examples: ['idle'] });

export const extensionUser = following('extension user', /^[0-9]{6,12}$/).meta({ examples: [EXAMPLE.sipUser] });
export const extensionPassword = following('extension password', /^[A-Za-z0-9]{6,12}$/).meta({
  examples: [EXAMPLE.sipPassword],
});

export const gatewayAddress = satisfying<GatewayAddress>('gateway address', isGatewayAddress).meta({
  examples: ['192.0.2.10:5060'],
});

/** An id in a body: whether there is such an object is for the engine to say. */
export const anyId = text(64).meta({ examples: [EXAMPLE.id] });

/** The same, of a certain kind. */
export function idOf<Id extends string>(what: string): z.ZodType<Id> {
  return branded(anyId.describe(what));
}

/** Existing clients send null for what they leave out, so null means absent. */
export function body<Shape extends z.ZodRawShape>(shape: Shape): z.ZodType<z.output<z.ZodObject<Shape>>> {
  return withoutNulls(z.object(shape));
}

export function withoutNulls<Output>(schema: z.ZodType<Output>): z.ZodType<Output> {
  return z.preprocess(
    (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
        : value,
    schema,
  );
}

/** A value left empty means the default. */
export function query<Shape extends z.ZodRawShape>(shape: Shape): z.ZodType<z.output<z.ZodObject<Shape>>> {
  return z.preprocess(
    (value) => Object.fromEntries(Object.entries(value as object).filter(([, field]) => field !== '')),
    z.object(shape),
  );
}
