/**
 * What a client may do; each may do what those before it may.
 * `read`: see everything, change nothing. `operate`: what a day's work is made of: agents, calls, conversations, who waits.
 * `admin`: what the work rests on: extensions, conditions, plans, sounds.
 */
export const CLIENT_ROLES = ['read', 'operate', 'admin'] as const;

export type ClientRole = (typeof CLIENT_ROLES)[number];

export function covers(role: ClientRole, needed: ClientRole): boolean {
  return CLIENT_ROLES.indexOf(role) >= CLIENT_ROLES.indexOf(needed);
}
