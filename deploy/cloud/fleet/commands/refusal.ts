import { HubError } from '@lockerhub/hub/web/link/hub-error.ts';
import type english from '../words/languages/en.ts';
import { useFleetWords } from '../words/words.ts';

type Refusal = keyof typeof english.refusal;

/** Why a command was refused, in the reader's language; what else went wrong stays as it is. */
export function useRefusal(): (error: unknown) => unknown {
  const t = useFleetWords();
  return (error) => {
    const code = error instanceof HubError ? error.problem?.code : undefined;
    const words = code && t(`refusal.${code as Refusal}`, { defaultValue: '' });
    return words ? new Error(words, { cause: error }) : error;
  };
}
