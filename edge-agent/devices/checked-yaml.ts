import { type Document, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { AgentError, type AgentErrorCode } from '../error.ts';

/** A file of ours is a few kilobytes; a bank of 2,000 doors is below this. */
export const YAML_BYTES_MAX = 1_000_000;
/** How many mistakes are named at once. */
const MISTAKES_NAMED = 10;

/**
 * Reads a YAML text by a schema.
 *
 * @param source what to call the text in messages: a file's path or a profile's name
 * @throws AgentError `code`, naming line and key of each mistake
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  source: string,
  code: AgentErrorCode,
): z.output<Schema> {
  if (text.length > YAML_BYTES_MAX) {
    throw new AgentError(code, `${source} is longer than ${YAML_BYTES_MAX} characters; shorten it`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new AgentError(code, `${source} is not YAML: line ${line}: ${broken.message}`, { cause: broken });
  }
  // An alias could make a short text very large.
  visit(document, {
    Alias(_, alias) {
      const { line } = lines.linePos(alias.range?.[0] ?? 0);
      throw new AgentError(
        code,
        `${source}: line ${line}: write *${alias.source} out; aliases are not taken`,
      );
    },
  });
  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => describe(issue, document, lines));
  const more = mistakes.length > MISTAKES_NAMED ? `; and ${mistakes.length - MISTAKES_NAMED} more` : '';
  throw new AgentError(code, `${source}: ${mistakes.slice(0, MISTAKES_NAMED).join('; ')}${more}`, {
    cause: result.error,
  });
}

function describe(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): string {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const full = unknown === undefined ? path : [...path, unknown];
  const line = lineOf(document, lines, full);
  const key = full.length > 0 ? full.join('.') : 'the whole text';
  const what = unknown === undefined ? issue.message : 'no such key; remove it or correct its spelling';
  return `${line === null ? '' : `line ${line}: `}${key}: ${what}`;
}

/** The line of the node at `path`, or of the nearest one around it when something is missing. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number | null {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
