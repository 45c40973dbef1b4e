import { createInterface } from 'node:readline/promises';

/** The question goes beside the output, so that a program can read that. */
export async function askLine(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
