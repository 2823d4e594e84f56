/** Random moments that a seed gives again. */

/** Some milliseconds from 0 to 3,000, more of them early: starting is where most can go wrong. */
export function randomDelays(times: number, seed: number): number[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  random();
  return Array.from({ length: times }, () => Math.round(random() ** 1.5 * 3000));
}
