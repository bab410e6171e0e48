import type { BridgeId } from '../../domain/ids';

/** A placement in terms of Asterisk. */
export type Target = {
  readonly bridgeId: BridgeId | null;
  readonly muted: boolean;
  /** The music-on-hold class that it hears in place of its bridge; null: none. */
  readonly music: string | null;
};

/** What was last asked for a channel, as far as we know: mute and music cannot be read back. `undefined`: not known. */
export type Audio = {
  readonly answered?: boolean | undefined;
  readonly muted?: boolean | undefined;
  /** The music-on-hold class; null: none. */
  readonly music?: string | null | undefined;
  readonly bridgeId?: BridgeId | null | undefined;
};

export const NOTHING_KNOWN: Audio = {};
/** A leg that we dialled, at the moment it is answered. */
export const JUST_ANSWERED: Audio = { answered: true, muted: false, music: null, bridgeId: null };
/** A caller whom the dialplan has just handed over, with this music if it has said so, else with whatever it has started. */
export const justArrived = (answered: boolean, music?: string): Audio => ({
  answered,
  muted: false,
  music,
  bridgeId: null,
});

export type AudioStep =
  | { readonly step: 'answer' }
  | { readonly step: 'mute' }
  | { readonly step: 'unmute' }
  | { readonly step: 'start-music'; readonly musicClass: string }
  | { readonly step: 'stop-music' }
  /** `endingMusic`: right before. */
  | { readonly step: 'enter'; readonly bridgeId: BridgeId; readonly endingMusic: boolean }
  | { readonly step: 'leave' };

/**
 * The way from what is known to `target`: groups of steps, one group after another, the steps of a group side by
 * side. Restrict, move, free, in this order: so neither a packet to nor one from the channel passes that both the old
 * and the new placement forbid (measured on 22.10: in any other order one or two packets do).
 *
 * Answering comes first because it ends the music that was started before (measured). Whoever sits in no bridge has its
 * music ended before it enters one: there the order is never lost, as in a bridge it may be (`stopMusicForSure`).
 */
export function stepsTo({ bridgeId, muted, music }: Target, known: Audio): readonly (readonly AudioStep[])[] {
  const answer: AudioStep[] = bridgeId !== null && known.answered !== true ? [{ step: 'answer' }] : [];
  const playing = answer.length > 0 ? undefined : known.music;
  const restrict: AudioStep[] = [];
  if (muted && known.muted !== true) restrict.push({ step: 'mute' });
  if (music !== null && playing !== music) restrict.push({ step: 'start-music', musicClass: music });

  const isPlaying = music === null && playing !== null;
  const endingMusic = isPlaying && known.bridgeId === null && bridgeId !== null;
  const stopMusic: AudioStep[] = isPlaying && !endingMusic ? [{ step: 'stop-music' }] : [];

  const move: AudioStep[] =
    known.bridgeId === bridgeId
      ? []
      : [bridgeId === null ? { step: 'leave' } : { step: 'enter', bridgeId, endingMusic }];

  const free: AudioStep[] = !muted && known.muted !== false ? [{ step: 'unmute' }] : [];
  return [answer, restrict, move, [...free, ...stopMusic]].filter((group) => group.length > 0);
}

/** What is known once all steps to `target` are done. */
export function audioAt(target: Target, known: Audio): Audio {
  return { answered: target.bridgeId === null ? known.answered : true, ...target };
}
