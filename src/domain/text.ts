/** Something said to a client, in both languages of the API. */
export type Text = { readonly zh: string; readonly en: string };
