import { z } from 'zod';
import { readWebhookSecret } from '../adapters/webhook/webhook-signature';
import { DEFAULT_APP, type AppId } from '../domain/ids';
import type { Callback } from '../ports/events';
import { list } from './values';

export const CALLBACK_URL = z
  .string()
  .refine(isCallbackUrl, 'must be an http or https URL without user, password and fragment');

function isCallbackUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}

const SECRET = z.string().transform((value, ctx) => {
  const key = readWebhookSecret(value);
  if (key !== undefined) return key;
  ctx.addIssue({ code: 'custom', message: 'must be whsec_ and 24 to 64 bytes in base64' });
  return z.NEVER;
});

export const CALLBACK_SECRETS: z.ZodType<Buffer[], string> = list.pipe(z.array(SECRET));

/** Where an application of the file wants its events. */
export const CALLBACKS = z
  .array(z.strictObject({ url: CALLBACK_URL, secrets: z.array(SECRET).min(1, 'must have one at least') }))
  .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, 'must have different URLs')
  .default([]);

type Configured = { readonly id: AppId; readonly callbacks: z.output<typeof CALLBACKS> };

/** What the environment says of the application `default`; what could not be read is missing. */
type OfDefault = {
  readonly PARLEY_CALLBACK_URL?: string | null;
  readonly PARLEY_CALLBACK_SECRETS?: readonly Buffer[] | null;
};

/** All of them: those of the file, and that of the environment. */
export function callbacksOf(
  applications: readonly Configured[],
  { PARLEY_CALLBACK_URL: url, PARLEY_CALLBACK_SECRETS: secrets }: OfDefault,
  problems: string[],
): readonly Callback[] {
  const named = applications.flatMap(({ id, callbacks }) => callbacks.map((each) => ({ app: id, ...each })));
  if (url === null && secrets)
    problems.push('PARLEY_CALLBACK_SECRETS is for PARLEY_CALLBACK_URL, which is not set');
  if (url && secrets === null) problems.push('PARLEY_CALLBACK_SECRETS is needed with PARLEY_CALLBACK_URL');
  if (!url || !secrets) return named;
  const app = DEFAULT_APP;
  if (!applications.some(({ id }) => id === app)) {
    problems.push(`PARLEY_CALLBACK_URL is for the application ${app}, which PARLEY_APPS does not have`);
  }
  if (named.some((each) => each.app === app && each.url === url)) {
    problems.push('PARLEY_CALLBACK_URL stands in PARLEY_APPS, too');
  }
  return [...named, { app, url, secrets }];
}
