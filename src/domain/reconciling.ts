import type { Call } from './call/call';
import { hangUpChannel, legAnswered, legKept, legMissed } from './call/leg-facts';
import { openAnother, place, playUnder } from './conversation/audio';
import { memberOn, present, type Conversation } from './conversation/conversation';
import { end, lastMoment } from './conversation/membership';
import { seeToWhispers, stopWhisper } from './conversation/whispering';
import { legResumed } from './conversation/phone-hold';
import { accountOf } from './extension/extension';
import { seeFormerAccounts } from './extension/former-account';
import { provision, setEnabled } from './extension/provisioning';
import type { BridgeId, ChannelId, Instant } from './ids';
import type { PhoneSystemView, Stamped } from './input';
import type { UnitOfWork } from './unit-of-work';
import type { World } from './world';

/** What the reconciler sees in Asterisk leads to the same rules as what Asterisk tells. */
export function phoneSystemSeen(tx: UnitOfWork, view: Stamped<'phone-system-seen'>): void {
  seeTrunk(tx, view);
  seeAccounts(tx, view);
  seeFormerAccounts(tx, view);
  for (const call of tx.calls.all()) if (isGone(view, call.channelId)) dateEnd(tx, call);
  for (const conversation of [...tx.conversations.all()]) seeBridge(tx, conversation, view);
  for (const { channelId } of [...tx.calls.all()]) seeChannel(tx, channelId, view);
  for (const call of [...tx.calls.all()]) seeWhisper(tx, call, view);
  for (const { id } of [...tx.conversations.all()]) seeToWhispers(tx, id);
  const seats = new Map([...view.bridges].flatMap(([id, inside]) => inside.map((each) => [each, id])));
  for (const call of [...tx.calls.all()]) seePlace(tx, call, seats.get(call.channelId) ?? null, view);
  for (const { id } of [...tx.conversations.all()]) playUnder(tx, id, view.afterGap);
}

/** It may have ended at any moment since it came, but not after Asterisk was to end it. Nothing limits who waits or rings. */
function dateEnd(tx: UnitOfWork, call: Call): void {
  const { id, memberOf, stage } = call;
  if (stage.at === 'queued' || memberOf.length === 0) return;
  const came = memberOf.map((each) => memberOn(tx.conversations.need(each), id)!.since);
  tx.goneSince(id, Math.max(...came, Math.min(tx.at, lastMoment(tx, call))) as Instant);
}

function seeTrunk(tx: UnitOfWork, { trunks }: PhoneSystemView): void {
  const id = tx.settings.trunk;
  if (id === null) return;
  const present = trunks.has(id);
  if (tx.trunks.get(id)?.present !== present) tx.trunks.put({ id, present });
}

function seeAccounts(tx: UnitOfWork, { accounts, unsettled }: PhoneSystemView): void {
  for (const extension of [...tx.extensions.all()]) {
    const account = accountOf(extension);
    if (account === null || unsettled.has(account.user)) continue;
    const state = accounts.get(account.user);
    if (state === undefined) provision(tx, extension);
    setEnabled(tx, extension, state === 'reachable');
  }
}

/** A bridge that is gone takes its conversation along if everybody in it is gone too, else it is replaced. */
function seeBridge(tx: UnitOfWork, { id }: Conversation, view: PhoneSystemView): void {
  const conversation = tx.conversations.need(id);
  if (view.bridges.has(conversation.bridgeId) || !isJudged(view, conversation.bridgeId)) return;
  const channels = present(conversation).map(({ callId }) => tx.calls.need(callId).channelId);
  const isLost = channels.every((channelId) => isGone(view, channelId));
  if (isLost) return end(tx, conversation, 'lost', 'hangup');
  openAnother(tx, conversation, conversation.bridgeKind);
}

function seeChannel(tx: UnitOfWork, channelId: ChannelId, view: PhoneSystemView): void {
  if (!isJudged(view, channelId)) return;
  const state = view.channels.get(channelId);
  const call = tx.callOn(channelId);
  if (state === undefined) legMissed(tx, { channelId });
  else if (call?.stage.at === 'ending') hangUpChannel(tx, channelId);
  else if (call?.stage.at === 'ringing' && state === 'up') legAnswered(tx, { channelId });
  else if (state === 'kept') legKept(tx, { channelId });
  else if (call?.stage.at === 'queued' && call.stage.answered && state === 'ringing') answerAgain(tx, call);
  else if (view.resumed.has(channelId)) legResumed(tx, { channelId });
}

/** Asterisk would not, when it was asked to. The answer ends what the caller hears. */
function answerAgain(tx: UnitOfWork, { id, channelId }: Call): void {
  tx.do({ do: 'receive', channelId, answer: true });
  place(tx, id, true);
}

/** A coach whose bridge is gone has another one made. */
function seeWhisper(tx: UnitOfWork, { id, whisper }: Call, view: PhoneSystemView): void {
  if (whisper === null || view.bridges.has(whisper.bridgeId) || !isJudged(view, whisper.bridgeId)) return;
  stopWhisper(tx, id, whisper.conversationId);
}

/** Puts right who sits elsewhere; after a gap, everybody, because a mute or music cannot be seen. */
function seePlace(tx: UnitOfWork, call: Call, seat: BridgeId | null, view: PhoneSystemView): void {
  const wanted = call.placement?.bridgeId ?? null;
  const areJudged = [seat, wanted].every((each) => each === null || isJudged(view, each));
  const isElsewhere = areJudged && seat !== wanted;
  place(tx, call.id, isJudged(view, call.channelId) && (isElsewhere || view.afterGap));
}

/** A channel or bridge that is ours, and that nobody knows. */
export type Stray = { readonly channelId: ChannelId } | { readonly bridgeId: BridgeId };

export function strayId(stray: Stray): ChannelId | BridgeId {
  return 'channelId' in stray ? stray.channelId : stray.bridgeId;
}

/**
 * What a request that we had given up has left behind, a channel that has taken a leg's place while nobody heard of it, or
 * what a store does not know of. What was known when the look began is none: if it has ended since, its hang-up, release
 * or closing is on the way. Each bridge comes after those who sit in it. Among the channels are callers.
 */
export function straysIn(
  world: World,
  { channels, bridges, expected, unsettled }: PhoneSystemView,
): readonly Stray[] {
  const isUnknown = (id: ChannelId | BridgeId): boolean => !expected.has(id) && !unsettled.has(id);
  const isStray = (id: ChannelId): boolean => channels.has(id) && isUnknown(id) && !world.callOnChannel.has(id);
  const seated = new Set([...bridges.values()].flat());
  const inUse = bridgesInUse(world.conversations.values(), world.calls.values());
  return [
    ...[...channels.keys()].filter((id) => !seated.has(id) && isStray(id)).map((channelId) => ({ channelId })),
    ...[...bridges].flatMap(([bridgeId, inside]) => [
      ...inside.filter(isStray).map((channelId) => ({ channelId })),
      ...(isUnknown(bridgeId) && !inUse.has(bridgeId) ? [{ bridgeId }] : []),
    ]),
  ];
}

/** Looked at again: it may be somebody's by now. */
export function strayFound(tx: UnitOfWork, stray: Stamped<'stray-found'>): void {
  if ('channelId' in stray) {
    if (tx.callOn(stray.channelId) === undefined) hangUpChannel(tx, stray.channelId);
  } else if (!bridgesInUse(tx.conversations.all(), tx.calls.all()).has(stray.bridgeId)) {
    tx.do({ do: 'close-bridge', bridgeId: stray.bridgeId });
  }
}

function bridgesInUse(conversations: Iterable<Conversation>, calls: Iterable<Call>): ReadonlySet<BridgeId> {
  return new Set([
    ...[...conversations].map(({ bridgeId }) => bridgeId),
    ...[...calls].flatMap(({ whisper }) => (whisper === null ? [] : [whisper.bridgeId])),
  ]);
}

function isGone(view: PhoneSystemView, channelId: ChannelId): boolean {
  return !view.channels.has(channelId) && isJudged(view, channelId);
}

function isJudged({ expected, unsettled }: PhoneSystemView, id: ChannelId | BridgeId): boolean {
  return expected.has(id) && !unsettled.has(id);
}
