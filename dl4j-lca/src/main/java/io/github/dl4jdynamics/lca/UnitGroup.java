/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;

import com.google.common.collect.ImmutableList;

/**
 * The units of one layer: neurons of a dense layer, channels of a convolution or a normalization, of a recurrent layer
 * its units gate by gate. What flows into a unit counts for it: its incoming weights and its bias. Immutable.
 */
public final class UnitGroup {
    private final String layer;
    private final String name;
    private final int first;
    private final int count;
    private final ImmutableList<String> gates;

    UnitGroup(String layer, String name, int first, int count, ImmutableList<String> gates) {
        this.layer = layer;
        this.name = name;
        this.first = first;
        this.count = count;
        this.gates = gates;
    }

    /** Name of the layer. */
    public String layer() {
        return layer;
    }

    /** The layer's name, with the direction or the array where a layer has several groups. */
    public String name() {
        return name;
    }

    /** 0-based number of the first unit among those of the network. */
    public int first() {
        return first;
    }

    /** Units, each gate of a recurrent unit counted on its own. */
    public int count() {
        return count;
    }

    /** Names of the gates in the order of the units, gate by gate; empty for layers without. */
    public ImmutableList<String> gates() {
        return gates;
    }

    /** Neurons or channels: units with their gates taken together. */
    public int neurons() {
        return gates.isEmpty() ? count : count / gates.size();
    }

    /** Takes this group out of the units of the network, the gates of each neuron added up. */
    public double[] byNeuron(double[] units) {
        double[] neurons = new double[neurons()];
        for (int unit = 0; unit < count; unit++) {
            neurons[unit % neurons.length] += units[first + unit];
        }
        return neurons;
    }

    /** Takes this group out of the units of the network, the neurons of each gate added up; empty without gates. */
    public double[] byGate(double[] units) {
        double[] sums = new double[gates.size()];
        for (int gate = 0; gate < sums.length; gate++) {
            int from = first + gate * neurons();
            sums[gate] = Arrays.stream(units, from, from + neurons()).sum();
        }
        return sums;
    }

    @Override
    public String toString() {
        return name + ": " + neurons() + " units" + (gates.isEmpty() ? "" : " with gates " + gates);
    }
}
