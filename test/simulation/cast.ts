import type { AgentName, AppId, PhoneNumber, SipUser } from '../../src/domain/ids';

export const DEFAULT = 'default' as AppId;
export const OTHER = 'other' as AppId;
export const SKILLS = ['sales', 'french'];
/** The plan that clients put and delete. */
export const NIGHT = 'night';
export const AGENTS = ['ann', 'bob', 'cat', 'dan', 'eve'] as AgentName[];
export const USERS = Array.from({ length: 8 }, (_, index) => `10000${index + 1}` as SipUser);
/** Outside numbers: whoever is called while talking is busy. */
export const NUMBERS = ['+8613800000001', '+8613800000002', '+8613800000003'] as PhoneNumber[];

/** Who takes part in a day, besides the agents and the outside numbers, and how often they do what. */
export type Cast = {
  /** How many customers there are, each of whom calls in on one line. */
  readonly customers: number;
  /** How much concerns another application, which has agents of the same names. */
  readonly elsewhere: number;
  /** How much of what is asked is about the calls that agents have, or want. */
  readonly operations: number;
  /** How many of those who talk do so until we end it. */
  readonly patient: number;
  /** A client asks for something about so often. */
  readonly askEveryMs: number;
};

export const WHOEVER: Cast = { customers: 60, elsewhere: 0.15, operations: 0.35, patient: 0.2, askEveryMs: 800 };

/** Five agents, five customers, three outside numbers. */
export const FEW: Cast = { customers: 5, elsewhere: 0, operations: 0.75, patient: 0.2, askEveryMs: 300 };
