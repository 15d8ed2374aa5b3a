/** Flat parameter vectors in pieces, and the passes over them. */
package io.github.dl4jdynamics.lca.nd4j;
