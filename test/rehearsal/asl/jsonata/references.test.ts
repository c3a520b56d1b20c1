import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import { referencesOf } from '../../../../src/rehearsal/asl/jsonata/references.ts';
import type { Node } from '../../../../src/rehearsal/asl/jsonata/syntax-tree.ts';

const references = (text: string) => referencesOf(jsonata(text).ast() as Node);

describe('what an expression refers to', () => {
  it.each([
    ['$run.id', ['run']],
    ['$states.input.x', []],
    ['($a := $b; $a + $c)', ['b', 'c']],
    ['($f := function($x) { $x + $y }; $f(1))', ['y']],
    ['$map($tiers, function($tier, $index) { $tier.name & $index })', ['map', 'tiers']],
    ['$tiers[name = $wanted].rpo', ['tiers', 'wanted']],
    ['$tiers#$i[$i > 0]', ['tiers']],
    ["{'a': $x, $key: $y}", ['x', 'key', 'y']],
    ['$x ? $y : $z', ['x', 'y', 'z']],
    ['$list^(>$weight)', ['list', 'weight']],
    ['$list ~> $count()', ['list', 'count']],
    ['$list{name: $v}', ['list', 'v']],
    ["$o ~> |a|{'b': $n}|", ['o', 'n']],
    ['-$n', ['n']],
    ['[$a..$b]', ['a', 'b']],
  ])('%s: %j', (text, names) => {
    expect([...references(text).names].sort()).toEqual([...names].sort());
    expect(references(text).refused).toEqual([]);
  });

  it('tells which members of $states it takes', () => {
    expect([...references('$states.input.a & $states.context.Execution.Name').states]).toEqual(['input', 'context']);
    expect([...references('$map([1], function($n) { $states.result[$n] })').states]).toEqual(['result']);
  });

  it.each([
    ['tier', /unqualified field name 'tier'/],
    ['$.tier', /'\$' at the top level/],
    ['$$', /'\$\$' at the top level/],
    ['$count($)', /'\$' at the top level/],
    ['tiers[name = 1]', /unqualified field name 'tiers'/],
    ['$a ?: 1', /operator '\?:'/],
    ['$a.b ?? 1', /operator '\?\?'/],
  ])('refuses %s', (text, why) => {
    expect(references(text).refused.join()).toMatch(why);
  });

  it.each([
    '$a[$ > 1]',
    '$a.(b + 1)',
    '$a.b.$uppercase($)',
    '$a ? $a : 1',
    '$exists($a) ? $a : 1',
    '($f := function($x)<s?:s>{ $x }; $f("a"))',
    "$a ~> |$|{'b': c}|",
  ])('allows %s', (text) => {
    expect(references(text).refused).toEqual([]);
  });
});
