import { TelephonyUnavailable } from '../../ports/telephony';

export type AriFailure =
  | 'channel-gone'
  | 'bridge-gone'
  | 'not-in-bridge'
  | 'not-in-stasis'
  | 'already-exists'
  | 'no-variable'
  | 'no-function'
  | 'no-object'
  | 'object-refused'
  | 'cannot-be-rung'
  | 'cannot-be-answered'
  | 'cannot-snoop'
  | 'nothing-played'
  | 'reload-under-way'
  | 'unknown';

/** The HTTP status is the same for several of them, so the text is what there is to go by (22.10). */
const FAILURES_BY_TEXT: readonly (readonly [RegExp, AriFailure])[] = [
  [/channel (was )?not found/i, 'channel-gone'],
  // Of a channel that is hanging up; of a function that fails Asterisk says nothing (both measured).
  [/failed to execute function/i, 'channel-gone'],
  [/channel not in this bridge/i, 'not-in-bridge'],
  [/bridge not found/i, 'bridge-gone'],
  [/not in (a )?stasis application/i, 'not-in-stasis'],
  [/(channel|bridge) with (given unique )?id.* already exists/i, 'already-exists'],
  [/variable was not found/i, 'no-variable'],
  [/unable to read provided function/i, 'no-function'],
  [/object with id .* not found/i, 'no-object'],
  [/(creation|update) of object .* failed|cannot (create|update) sorcery objects/i, 'object-refused'],
  [/allocation failed/i, 'cannot-be-rung'],
  [/failed to answer channel/i, 'cannot-be-answered'],
  [/snoop channel could not be created/i, 'cannot-snoop'],
  [/bridge isn't playing music/i, 'nothing-played'],
  [/another reload is currently in progress/i, 'reload-under-way'],
];

export function ariFailure(error: unknown): AriFailure {
  if (error instanceof TelephonyUnavailable) return 'unknown';
  const text = error instanceof Error ? error.message : String(error);
  return FAILURES_BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
}

/** The words of Asterisk, without the JSON around them. */
export function ariMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /"(?:message|error)":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? (text || 'no reason given');
}
