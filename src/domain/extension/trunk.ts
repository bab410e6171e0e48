import type { TrunkId } from '../ids';

/** The way to the telephone network. Asterisk has it or has it not: each look at Asterisk says so. */
export type Trunk = { readonly id: TrunkId; readonly present: boolean };
