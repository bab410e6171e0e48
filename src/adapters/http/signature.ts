import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { LocalTime } from './conversation-json';
import type { Instant } from '../../domain/ids';

/** Of a request, what is signed. Headers and path as they came over the wire. */
export type SignedFields = {
  readonly method: string;
  /** Null: this method's body is not signed. */
  readonly body: Uint8Array | null;
  readonly contentType: string;
  readonly timestamp: string;
  readonly appId: string;
  readonly path: string;
};

/** Base64 of HMAC-SHA256 over six fields with a line feed between. Node hands out bytes of headers as latin1. */
export function signatureOf(secret: string, fields: SignedFields): string {
  const { method, body, contentType, timestamp, appId, path } = fields;
  const [hash, type] = body === null ? ['', ''] : [createHash('md5').update(body).digest('hex'), contentType];
  const signed = Buffer.from([method, hash, type, timestamp, appId, path].join('\n'), 'latin1');
  return createHmac('sha256', secret).update(signed).digest('base64');
}

/** How long it takes tells nothing of where they differ. */
export function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * When a `Timestamp` was, on clocks that show `localTime`; null if it is none, or not within the window around now.
 * An hour that these clocks show twice is taken for the one of the two that is within it.
 */
export function signedAt(timestamp: string, localTime: LocalTime, now: number, windowMs: number): number | null {
  const shown = asUtc(timestamp);
  if (shown === null) return null;
  const ahead = [now - windowMs, now + windowMs].map((at) => aheadOfUtc(localTime, at));
  return ahead.map((offset) => shown - offset).find((at) => Math.abs(at - now) <= windowMs) ?? null;
}

/** Milliseconds by which these clocks are ahead of UTC. */
function aheadOfUtc(localTime: LocalTime, at: number): number {
  const second = Math.floor(at / 1000) * 1000;
  return asUtc(localTime(second as Instant).replace(/\D/g, ''))! - second;
}

/** `yyyyMMddHHmmss` read as UTC; null for what no clock shows. */
function asUtc(digits: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14) === digits ? at : null;
}
