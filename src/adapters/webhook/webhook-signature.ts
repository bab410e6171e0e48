import { createHmac } from 'node:crypto';

/** How the secrets of receivers are written: `whsec_` and 24 to 64 bytes in base64. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** The key that is written like this; undefined: it is none. */
export function readWebhookSecret(text: string): Buffer | undefined {
  const key = Buffer.from(SECRET.exec(text)?.[1] ?? '', 'base64');
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined;
}

/**
 * The headers by which a receiver knows the sender and recognises what it has had already, as Standard Webhooks has them:
 * HMAC-SHA256 of id, timestamp and body with a dot between, once for each secret.
 */
export function signatureHeaders(
  secrets: readonly Buffer[],
  id: string,
  timestampSeconds: number,
  body: string,
): Readonly<Record<string, string>> {
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
