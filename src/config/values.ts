import { isIP } from 'node:net';
import { z } from 'zod';
import { WAYS_OF_AUTHENTICATION, type WayOfAuthentication } from '../adapters/http/http-settings';
import { isNetwork } from '../adapters/http/networks';
import { Secret } from '../ports/secret';

export const text = z.string().min(1, 'is empty');
export const word = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');
export const port = whole(1, 65_535);
export const address = z
  .string()
  .refine((value) => isIP(value) !== 0 || value === 'localhost', 'must be an IP address');
/** Null where it is left empty; else the schema says what is wrong with it, in its own words. */
export function optional<Value>(schema: z.ZodType<Value, string>): z.ZodType<Value | null, string> {
  return z.string().transform((value, ctx) => {
    if (value === '') return null;
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    ctx.addIssue({ code: 'custom', message: error.issues[0]!.message });
    return z.NEVER;
  });
}

export function whole(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
}

export const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'must be two ports with a dash between')
  .transform((value) => value.split('-').map(Number) as [number, number])
  .refine(
    ([from, to]) => from >= 1024 && to <= 65_535 && to - from >= 3,
    'must be within 1024-65535, four ports at least',
  )
  .transform(([from, to]) => ({ from, to }));

export const timeZone = z.string().refine((value) => {
  try {
    Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}, 'must be the IANA name of a time zone');

/** With commas between. */
export const list = z.string().transform((value) => value.split(',').map((each) => each.trim()));

export const authentication = list
  .refine(
    (ways) => ways.every((way) => WAYS_OF_AUTHENTICATION.some((known) => known === way)),
    'must be none, token, signature, or several of them with commas',
  )
  .transform((ways) => ways as WayOfAuthentication[]);

export const networks = list.refine(
  (all) => all.every(isNetwork),
  'must be IP addresses and networks with commas: 192.0.2.7,10.0.0.0/8',
);

export const databaseUrl = z
  .string()
  .refine(isDatabaseUrl, 'must be postgresql://user:password@host:port/database')
  .transform((value) => new Secret(value));

/** A database has to be named: else it would be the one that is called like the user. */
function isDatabaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname } = new URL(value);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}

export const url = z.string().refine(isBaseUrl, 'must be http or https, an address and a port, nothing more');

function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  const others = [search, hash, username, password]; // It is logged.
  return /^https?:$/.test(protocol) && pathname === '/' && others.every((each) => each === '');
}
