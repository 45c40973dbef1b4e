import type english from './languages/en.ts';

type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** A language may need other plural forms than English has, but always `_other`. */
type KeyOf<Key extends string> = Key extends `${infer Base}_${PluralForm}` ? `${Base}_other` : Key;

type Texts<English> = {
  [Key in keyof English & string as KeyOf<Key>]: English[Key] extends string ? string : Texts<English[Key]>;
} & { [Form in `${string}_${PluralForm}`]?: string };

/** What a file in `languages/` says: its own name, and every text that English has. */
export type Language = Texts<typeof english>;
