// What to do about a claim, asked of `atoz serve` from TypeScript.
//
// The types come from the server itself:
//   npx openapi-typescript http://127.0.0.1:8000/api/v1/openapi.json --default-non-nullable false -o atoz-api.d.ts
//   npx tsc && node client.js http://127.0.0.1:8000
import type { components, operations } from "./atoz-api";

type Plan = components["schemas"]["Plan"];
type Problem = components["schemas"]["Problem"];
type Question = operations["plan"]["requestBody"]["content"]["application/json"];

async function plan(server: string, question: Question): Promise<Plan> {
  const response = await fetch(`${server}/api/v1/plan`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  if (!response.ok) {
    const problem = (await response.json()) as Problem;
    throw new Error(`${problem.detail} [${problem.code}]`);
  }
  return (await response.json()) as Plan;
}

async function main(server: string): Promise<void> {
  const question: Question = {
    as_of: "2026-11-21T09:00:00-08:00",
    claim: {
      order: { order_id: "123-1234567-1234567", marketplace: "US", placed_at: "2026-11-01T10:00:00-08:00" },
      reason: "not_received",
      history: [{ kind: "filed", at: "2026-11-20T09:00:00-08:00" }],
    },
  };
  const made = await plan(server, question);
  console.log(`${made.order_id}: ${made.status}, act by ${made.act_by}`);
  for (const action of made.actions.filter((action) => action.state === "now")) {
    console.log(`now: ${action.action}, because ${action.source.title} says so (${action.confidence})`);
  }
  try {
    await plan(server, { claim_id: "999-0000000-0000000" });
  } catch (error) {
    console.log((error as Error).message.split("\n").pop());
  }
}

void main(process.argv[2] ?? "http://127.0.0.1:8000");
