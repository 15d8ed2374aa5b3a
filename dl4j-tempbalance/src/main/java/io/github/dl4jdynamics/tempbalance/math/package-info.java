/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From one score per layer to one rate factor per layer: the formulas of TempBalance, TB_Sigmoid and their relatives.
 *
 * <p>A score says how heavy-tailed a layer's weight spectrum is (usually the tail exponent alpha; small = heavy-tailed =
 * already well trained). A <em>factor</em> is what the layer's rate is multiplied with, 1 being the base rate. Since
 * nothing here knows the base rate, the same functions allocate learning rates and weight decay.
 *
 * <pre>{@code
 * analysed layers -> ExclusionRules -> kept layers
 * scores of kept layers -> moving average -> Blocks -> RateAssignment -> Guards -> factors     (all in RateAllocator)
 * }</pre>
 *
 * <p>Everything is immutable, deterministic and free of state; JDK and Guava only.
 *
 * <p>Sources: Y. Zhou, T. Pang, K. Liu, C. H. Martin, M. W. Mahoney, Y. Yang, "Temperature Balancing, Layer-wise Weight
 * Analysis, and Neural Network Training", NeurIPS 2023, arXiv 2312.00359 (TempBalance). Z. Liu, Y. Hu, T. Pang, Y. Zhou,
 * P. Ren, Y. Yang, "Model Balancing Helps Low-data Training and Fine-tuning", EMNLP 2024, arXiv 2410.12178 (TB_Sigmoid).
 * Y. Hu, K. Goel, V. Killiakov, Y. Yang, "Eigenspectrum Analysis of Neural Networks without Aspect Ratio Bias", ICML 2025,
 * arXiv 2506.06280 (FARMS).
 */
package io.github.dl4jdynamics.tempbalance.math;
