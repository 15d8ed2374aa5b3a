/**
 * Path integrals of the loss and what they tell: rules of quadrature, books of a step, tests over iterations. JDK and
 * Guava only.
 */
package io.github.dl4jdynamics.lca.math;
