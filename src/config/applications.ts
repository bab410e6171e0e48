import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { CLIENT_ROLES } from '../adapters/http/client-role';
import type { Application } from '../adapters/http/http-settings';
import { isNetwork } from '../adapters/http/networks';
import { CALLBACKS } from './callbacks';
import { DEFAULT_APP, type AppId } from '../domain/ids';
import type { OutsideRules } from '../domain/outside/outside-rules';
import { OUTSIDE_RULES } from './outside';
import { Secret } from '../ports/secret';

/** `outside`: what it may call through the trunk. */
export type ConfiguredApplication = Application & {
  readonly outside: OutsideRules;
  readonly callbacks: z.output<typeof CALLBACKS>;
};

/** Of those that the configuration does not name. */
export const DEFAULT_OUTSIDE_RULES: OutsideRules = OUTSIDE_RULES.parse(undefined);

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Those of the time before roles are written as their hash alone, and may do everything. */
const TOKEN = z.union(
  [
    hash.transform((only) => ({ hash: only, role: 'admin' as const })),
    z.strictObject({ hash, role: z.enum(CLIENT_ROLES).default('admin') }),
  ],
  { error: `must be a SHA-256 in lower-case hex, or {"hash": …, "role": ${CLIENT_ROLES.join(', ')}}` },
);

const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, dashes or underscores');

const APPLICATION = z
  .strictObject({
    id: name.transform((id) => id as AppId),
    tokens: z.array(TOKEN).default([]),
    certId: name.nullable().default(null),
    secrets: z
      .array(
        z
          .string()
          .min(16, 'must be 16 characters long at least')
          .transform((value) => new Secret(value)),
      )
      .default([]),
    networks: z
      .array(z.string().refine(isNetwork, 'must be an IP address or a network: 192.0.2.7, 10.0.0.0/8'))
      .default([]),
    disabled: z.boolean().default(false),
    alwaysOk: z.boolean().default(false),
    sipPrefix: z
      .string()
      .regex(/^[A-Za-z0-9_-]{0,32}$/, 'must be up to 32 letters, digits, dashes or underscores')
      .default(''),
    requestsPerSecond: z.int().min(0).max(100_000).nullable().default(null),
    callbacks: CALLBACKS,
    outside: OUTSIDE_RULES,
  })
  .refine(({ certId, secrets }) => secrets.length === 0 || certId !== null, {
    path: ['certId'],
    error: 'is needed with secrets',
  });

const APPLICATIONS = z.strictObject({
  applications: z
    .array(APPLICATION)
    .min(1)
    .refine((all) => areDifferent(all.map(({ id }) => id)), 'must have different ids')
    .refine(
      (all) => areDifferent(all.flatMap(({ tokens }) => tokens.map((each) => each.hash))),
      'must have different tokens',
    ),
});

function areDifferent(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

/** What there is without a file: nobody shows who they are. */
const ONLY_ONE: ConfiguredApplication = APPLICATION.parse({ id: DEFAULT_APP });

/**
 * The applications as the file describes them; null: it cannot be used, and `problems` says why. What it says has
 * nothing of the file's content in it but names of keys.
 */
export function readApplications(
  file: string | null,
  problems: string[],
): readonly ConfiguredApplication[] | null {
  if (file === null) return [ONLY_ONE];
  const tell = (problem: string): null => {
    problems.push(`PARLEY_APPS: ${file}: ${problem}`);
    return null;
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return tell((error as Error).message);
  }
  const content = parsed(text);
  if (content === undefined) return tell('is no valid JSON');
  const result = APPLICATIONS.safeParse(content);
  if (!result.success) {
    for (const { path, message } of result.error.issues) tell(`${path.join('.')} ${message}`);
    return null;
  }
  const { applications } = result.data;
  const hasSecrets = applications.some(({ secrets, callbacks }) => secrets.length + callbacks.length > 0);
  if (hasSecrets && isOpenToOthers(file))
    return tell('others can read its secrets: chmod o= takes that from them');
  return applications;
}

/** Not with the reason: that quotes what stands around the mistake, and it may be a secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The group may read it: that is how a service is given a file which is not its own. */
function isOpenToOthers(file: string): boolean {
  return (statSync(file).mode & 0o007) !== 0;
}
