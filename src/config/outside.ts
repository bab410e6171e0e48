import { z } from 'zod';
import { isCountry } from '../adapters/numbers/number-plan';
import { isNumberPattern } from '../domain/outside/number-pattern';
import { NUMBER_CLASSES } from '../domain/outside/outside-rules';

const PATTERN = 'a number with ? for a digit and * at the end for any: 0755*, +85291??????';

const pattern = z.string().refine(isNumberPattern, `must be ${PATTERN}`);
const permission = z
  .string()
  .refine(
    (value) => NUMBER_CLASSES.some((each) => each === value) || isNumberPattern(value),
    `must be ${NUMBER_CLASSES.join(', ')}, or ${PATTERN}`,
  );
const limit = z.int('must be a whole number').min(1, 'must be 1 at least').nullable().default(null);

/** What an application may call outside, as its section `outside` says. Left out, it may call national numbers. */
export const OUTSIDE_RULES = z
  .strictObject({
    auditOnly: z.boolean().default(false),
    country: z.string().refine(isCountry, 'must be the two letters of a country: CN').default('CN'),
    prefixes: z.array(z.string().regex(/^[0-9]{1,10}$/, 'must be digits')).default([]),
    allow: z.array(permission).default(['national']),
    deny: z.array(pattern).default([]),
    from: z.array(pattern).nullable().default(null),
    callsAtOnce: limit,
    callsPerSecond: limit,
    minutesPerDay: limit,
  })
  .prefault({});
