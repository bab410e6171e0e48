declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** An application: everything belongs to one, and no application sees another's objects. */
export type AppId = Branded<string, 'AppId'>;
/** The one that is meant where none is named: by a caller, by requests without credentials, by the settings. */
export const DEFAULT_APP = 'default' as AppId;
export type ExtensionId = Branded<string, 'ExtensionId'>;
/** `<application>/<name>`: names are unique within an application only. */
export type AgentId = Branded<string, 'AgentId'>;
export type AgentName = Branded<string, 'AgentName'>;
export type ConditionId = Branded<string, 'ConditionId'>;
/** `<application>/<name>`, as for agents. */
export type PlanId = Branded<string, 'PlanId'>;
export type QueueTaskId = Branded<string, 'QueueTaskId'>;
/** Of something that was told to the application: in the order of these ids it was told. */
export type EventId = Branded<string, 'EventId'>;
/** A call keeps its id for life; the channel that carries it may be replaced by a transfer on the phone. */
export type CallId = Branded<string, 'CallId'>;
/** Asterisk's unique id of a channel. The call's own id wherever we create the channel. */
export type ChannelId = Branded<string, 'ChannelId'>;
export type ConversationId = Branded<string, 'ConversationId'>;
/** Used once: Asterisk must never see the id of a deleted bridge again. */
export type BridgeId = Branded<string, 'BridgeId'>;
/** `+` and digits, nothing else: it becomes part of a dial string. */
export type PhoneNumber = Branded<string, 'PhoneNumber'>;
/**
 * The name of a PJSIP endpoint of ours. A SIP terminal registers as it: digits, after the application's prefix. That of a
 * gateway ends in a letter, so that it is no terminal's.
 */
export type SipUser = Branded<string, 'SipUser'>;
/** `<ip>` or `<ip>:<port>`, an IPv6 address in brackets: it becomes part of a SIP URI. */
export type GatewayAddress = Branded<string, 'GatewayAddress'>;
/** The name of the PJSIP endpoint through which outside numbers are called. */
export type TrunkId = Branded<string, 'TrunkId'>;
/** Milliseconds since the epoch. Comes in with every input; the domain never reads a clock. */
export type Instant = Branded<number, 'Instant'>;

export function later(from: Instant, seconds: number): Instant {
  return (from + seconds * 1000) as Instant;
}

const DAY_SECONDS = 86_400;

export function daysBefore(at: Instant, days: number): Instant {
  return later(at, -days * DAY_SECONDS);
}

/** Whole seconds from one instant to another, rounded up, at least 1: what a time limit given to Asterisk needs. */
export function secondsUntil(from: Instant, to: Instant): number {
  return Math.max(1, Math.ceil((to - from) / 1000));
}
