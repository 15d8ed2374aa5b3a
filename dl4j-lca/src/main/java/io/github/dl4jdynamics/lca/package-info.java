/** Loss Change Allocation: which layer, neuron and parameter caused the loss change of every step of training. */
package io.github.dl4jdynamics.lca;
