import { useState } from 'react';
import type { z } from 'zod';

/**
 * What of a form is wrong: nothing, until somebody has tried to send it.
 *
 * @param parsed what is in the form, by the schema of the request
 * @param send sends what is right
 */
export function useTried<Value>(parsed: z.ZodSafeParseResult<Value>, send: (value: Value) => void) {
  const [tried, setTried] = useState(false);
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]));
  return {
    isWrong: (field: string) => tried && wrong.has(field),
    onSubmit: () => {
      setTried(true);
      if (parsed.success) send(parsed.data);
    },
  };
}
