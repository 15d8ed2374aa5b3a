/**
 * Loss and gradient of a network at any parameter vector, on a private copy that leaves the network itself alone: what
 * loss change allocation and curvature are computed from.
 */
package io.github.dl4jdynamics.spectral.oracle;
