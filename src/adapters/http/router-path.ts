/** The second is the form that existing clients use; what it names counts where requests are signed. */
const BASES = '/v1{/account/:account}';
const EITHER_BASE = '/v1(?:/account/[^/]+)?';
const SUBJECT = new RegExp(`^(?:${EITHER_BASE})?(?:/callcenter)?/([^/]+)`);

/** What the router writes for `/callcenter/agent/{name}` under either base. */
export function routerPath(path: string): string {
  return BASES + path.replace(/\{(\w+)\}/g, ':$1');
}

/** The path that the router has written so; any other as it is. */
export function apiPath(routed: string): string {
  return routed.replace(BASES, '').replace(/:(\w+)/g, '{$1}');
}

/** What a request's path, or that of an operation, is about: `agent`. */
export function subjectOf(path: string): string {
  return SUBJECT.exec(path)?.[1] ?? '';
}

/** Of a request's path under either base, with anything in place of its names. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^${EITHER_BASE}${path.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}
