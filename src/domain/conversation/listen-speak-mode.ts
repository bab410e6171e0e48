import type { AppId, BridgeId } from '../ids';
import type { Sound } from '../queue/enqueue-sound';

/**
 * What a member may hear and say in a conversation (LSM, listen/speak mode).
 * The numbers are those of the public API and are stored unchanged.
 *
 * | mode | hears | speaks | in Asterisk                                        |
 * | ---- | ----- | ------ | -------------------------------------------------- |
 * | 1    | yes   | yes    | in the bridge                                      |
 * | 2    | yes   | no     | in the bridge, muted inwards                       |
 * | 3    | no    | yes    | in the bridge, its own music on hold being silence |
 * | 4    | no    | no     | held: out of the bridge                            |
 *
 * "Cannot hear" is music on hold of silence and not a mute outwards: that would also eat the
 * hold sound, and would leave the phone without any RTP (measured on 22.10). Mode 4 leaves the
 * bridge, because a channel sits in one bridge at a time and an agent who takes part in several
 * conversations is held in all of them but one. Only whose own phone holds stays in it.
 */
export type ListenSpeakMode = 1 | 2 | 3 | 4;

export const HELD = 4;

export function hears(mode: ListenSpeakMode): boolean {
  return mode === 1 || mode === 2;
}

export function speaks(mode: ListenSpeakMode): boolean {
  return mode === 1 || mode === 3;
}

/** Everything that Asterisk is asked to do with one leg's audio, complete in itself. */
export type Placement = {
  /** The bridge it sits in; null: none, it is held or waits. */
  readonly bridgeId: BridgeId | null;
  /** Whether what it says reaches the bridge. */
  readonly speaks: boolean;
  readonly hears: Hearing;
};

/** What a leg hears: the others in its bridge, or something that is played to it alone until it hears something else. Never two of them. */
export type Hearing = { readonly from: 'bridge' } | { readonly from: 'silence' } | Played;

/** Played over and over, without a gap, whether the leg sits in a bridge, moves or waits outside. */
export type Played =
  /** A music-on-hold class. */
  | { readonly from: 'music'; readonly musicClass: string }
  /** A sound of the application. If there is no such sound, `instead` is played, and if that is not there, the class `otherwise`. */
  | {
      readonly from: 'sound';
      readonly app: AppId;
      readonly sound: Sound;
      readonly instead?: Sound;
      readonly otherwise: string;
    }
  /** What a caller hears while the other phone rings. */
  | { readonly from: 'ringback' };

export const BRIDGE: Hearing = { from: 'bridge' };
export const SILENCE: Hearing = { from: 'silence' };
export const RINGBACK: Played = { from: 'ringback' };

export function samePlacement(one: Placement | null, other: Placement | null): boolean {
  if (one === null || other === null) return one === other;
  return one.bridgeId === other.bridgeId && one.speaks === other.speaks && sameHearing(one.hears, other.hears);
}

export function sameHearing(one: Hearing | null, other: Hearing | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.from === 'music' && other.from === 'music') return one.musicClass === other.musicClass;
  if (one.from === 'sound' && other.from === 'sound') {
    return one.sound === other.sound && one.app === other.app && one.instead === other.instead;
  }
  return one.from === other.from;
}
